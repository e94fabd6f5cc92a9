/// The forms that a word takes in a sentence.
enum WordForms: String, CaseIterable {
  case none
  case english
  case german

  /// The forms of a word in small letters, itself among them, sorted.
  func forms(of word: String) -> [String] {
    switch self {
    case .none: [word]
    case .english: Self.english(word)
    case .german:
      ["", "e", "en", "er", "es", "em", "n", "s"].map { word + $0 }.sorted()
    }
  }

  private static func english(_ word: String) -> [String] {
    guard let last = word.last, last.isLetter, word.count >= 3 else { return [word] }
    let stem = String(word.dropLast())
    let before = stem.last ?? " "
    var forms: Set = [word, word + "'s"]
    if last == "y", !isVowel(before) {
      forms.formUnion([stem + "ies", stem + "ied", word + "ing"])
    } else if last == "e" {
      forms.formUnion([word + "s", word + "d", stem + "ing"])
    } else if "sxzo".contains(last) || word.hasSuffix("ch") || word.hasSuffix("sh") {
      forms.formUnion([word + "es", word + "s", word + "ed", word + "ing"])
    } else {
      forms.formUnion([word + "s", word + "s'", word + "ed", word + "ing"])
      if !isVowel(last), isVowel(before) {
        forms.formUnion([word + "\(last)ed", word + "\(last)ing"])
      }
    }
    return forms.sorted()
  }

  private static func isVowel(_ letter: Character) -> Bool { "aeiou".contains(letter) }
}
