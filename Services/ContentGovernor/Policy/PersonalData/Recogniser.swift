/// How one kind of personal data is told, under the name that Presidio gives it.
struct Recogniser: Sendable {
  struct Shape: Sendable {
    /// What must be there, as Hyperscan reads it: bytes of folded text.
    let hint: String
    /// What it looks like, as PCRE2 reads it; over folded text, in small letters, unless the letters'
    /// case means something.
    let core: String
    let scoreThousandths: Int
  }

  enum Judgement: Sendable, Hashable {
    /// So many bytes of the candidate are one.
    case valid(byteCount: Int)
    case invalid
    /// Its shape is all that speaks for it.
    case unknown
  }

  let entity: String
  let shapes: [Shape]
  /// Words before it that make it likelier, in small letters.
  let context: [String]
  /// Whether it is held against the text as it is written.
  var isCaseTold = false
  /// What a valid checksum makes of the score.
  var validScoreThousandths = 1000
  /// Whether a rule that names no entities looks for it.
  var isUsual = true
  var judge: @Sendable ([UInt8]) -> Judgement = { _ in .unknown }

  /// What every long number has, however it is grouped. One hint for most shapes, and a short one: the
  /// prefilter has to be quick to compile, and a number is seldom enough.
  static let longNumber = "[0-9]{3}[0-9 .()/-]{1,2}[0-9]"

  static func shape(
    _ core: String, _ scoreThousandths: Int, hint: String = longNumber
  ) -> Shape {
    Shape(hint: hint, core: core, scoreThousandths: scoreThousandths)
  }

  /// Presidio's: a word of the context adds so much, and makes it at least so much.
  static let contextBonus = 350
  static let contextFloor = 400
  static let contextWordCount = 5
}
