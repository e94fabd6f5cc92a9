/// Which words of a title have a capital.
enum TitleCase: String, Sendable {
  case associatedPress = "AP"
  case chicago = "Chicago"

  /// The words as a title has them; the first and the last have a capital always.
  func capitalised(_ words: [String]) -> [String] {
    words.enumerated().map { place, word in
      let isOuter = place == 0 || place == words.count - 1
      let lower = word.lowercased()
      return !isOuter && isSmall(lower) ? lower : Self.capitalised(word)
    }
  }

  static func capitalised(_ word: String) -> String {
    guard let first = word.first else { return word }
    return first.uppercased() + word.dropFirst()
  }

  private func isSmall(_ word: String) -> Bool {
    Self.small.contains(word) || self == .chicago && Self.prepositions.contains(word)
  }

  private static let small: Set = [
    "a", "an", "and", "as", "at", "but", "by", "en", "for", "if", "in", "nor", "of", "on", "or",
    "per", "so", "the", "to", "up", "v", "v.", "via", "vs", "vs.", "yet",
  ]
  private static let prepositions: Set = [
    "about", "above", "across", "after", "against", "along", "among", "around", "before", "behind",
    "below", "beneath", "beside", "between", "beyond", "down", "during", "except", "from", "inside",
    "into", "like", "near", "off", "onto", "out", "outside", "over", "past", "since", "through",
    "toward", "towards", "under", "until", "upon", "with", "within", "without",
  ]
}
