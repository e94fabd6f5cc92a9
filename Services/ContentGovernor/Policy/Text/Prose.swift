/// Text counted as readability formulas count: sentences, words, syllables.
struct Prose {
  private(set) var sentenceCount = 0
  private(set) var wordCount = 0
  private(set) var syllableCount = 0
  /// Letters and digits of words.
  private(set) var characterCount = 0
  /// More than six characters.
  private(set) var longWordCount = 0
  /// Three syllables or more.
  private(set) var polysyllabicWordCount = 0
  /// Three syllables or more without common endings.
  private(set) var complexWordCount = 0

  init(_ text: String) {
    let bytes = Array(text.utf8)
    for sentence in Sentences.split(bytes) {
      var isEmpty = true
      for word in Self.words(in: bytes[sentence]) {
        isEmpty = false
        count(word)
      }
      if !isEmpty { sentenceCount += 1 }
    }
  }

  private mutating func count(_ word: String) {
    wordCount += 1
    let characters = word.unicodeScalars.filter(PhrasePattern.isWord).count
    characterCount += characters
    if characters > 6 { longWordCount += 1 }
    let syllables = Syllables.count(in: word)
    syllableCount += syllables
    guard syllables >= 3 else { return }
    polysyllabicWordCount += 1
    let lower = word.lowercased()
    let ending = ["es", "ed", "ing"].first { lower.hasSuffix($0) }
    let isCommon = ending.map { Syllables.count(in: String(lower.dropLast($0.count))) < 3 } ?? false
    if !isCommon { complexWordCount += 1 }
  }

  /// Runs of letters and digits, joined by apostrophes and hyphens.
  static func words(in text: some Collection<UInt8>) -> [String] {
    var words: [String] = []
    var word = String.UnicodeScalarView()
    var joint: Unicode.Scalar?
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      if PhrasePattern.isWord(scalar) || scalar.properties.generalCategory == .nonspacingMark {
        if let held = joint { word.append(held) }
        joint = nil
        word.append(scalar)
      } else if !word.isEmpty, joint == nil, ["'", "\u{2019}", "-"].contains(scalar) {
        joint = scalar
      } else {
        if !word.isEmpty { words.append(String(word)) }
        word = String.UnicodeScalarView()
        joint = nil
      }
    }
    if !word.isEmpty { words.append(String(word)) }
    return words
  }
}
