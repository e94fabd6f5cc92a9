/// The formulas that Vale knows, under its names for them.
enum Readability: String, CaseIterable {
  case gunningFog = "Gunning Fog"
  case colemanLiau = "Coleman-Liau"
  case fleschKincaid = "Flesch-Kincaid"
  case smog = "SMOG"
  case automated = "Automated Readability"

  /// A grade of school in the United States.
  func grade(of prose: Prose) -> Double {
    let words = Double(max(prose.wordCount, 1))
    let sentences = Double(max(prose.sentenceCount, 1))
    switch self {
    case .gunningFog:
      return 0.4 * (words / sentences + 100 * Double(prose.complexWordCount) / words)
    case .colemanLiau:
      return 0.0588 * Double(prose.characterCount) / words * 100 - 0.296 * sentences / words * 100
        - 15.8
    case .fleschKincaid:
      return 0.39 * words / sentences + 11.8 * Double(prose.syllableCount) / words - 15.59
    case .smog:
      return 1.0430 * (Double(prose.polysyllabicWordCount) * 30 / sentences).squareRoot() + 3.1291
    case .automated:
      return 4.71 * Double(prose.characterCount) / words + 0.5 * words / sentences - 21.43
    }
  }
}
