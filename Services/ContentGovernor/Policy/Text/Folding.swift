/// Text as a reader sees it: one spelling for what looks the same, nothing for what is not seen.
///
/// Cyrillic, Greek, full-width and mathematical letters that look Latin become Latin, letters small,
/// dashes, quotation marks and spaces plain; soft hyphens, joiners, direction marks and marks that
/// combine into no letter vanish. Letters with accents stay what they are: `schön` is not `schon`. It
/// follows UTS 39 in spirit and a table of our own in fact, so that a new version of Unicode changes
/// no verdict.
enum Folding {
  /// Part of what a verdict's checker is called; another number for every change here.
  static let version = 1

  /// Whether a text is its own folding but for the case of ASCII letters, which prefilter and patterns
  /// ignore.
  static func isPlain(_ text: [UInt8]) -> Bool {
    text.reduce(0 as UInt8) { $0 | $1 } < 0x80
  }

  /// The folding, each byte with its place in `text`.
  static func fold(_ text: [UInt8]) -> MappedText {
    var folded = MappedText()
    var reader = ScalarReader(text)
    var pending: (scalar: Unicode.Scalar, range: Range<Int>)?
    while let (scalar, range) = reader.next() {
      if scalar.value < 0x80 {
        flush(&pending, into: &folded)
        pending = (scalar, range)
      } else if isMark(scalar) {
        guard let base = pending else { continue }
        pending = (
          composed(base.scalar, scalar) ?? base.scalar, base.range.lowerBound..<range.upperBound
        )
      } else if !isUnseen(scalar) {
        flush(&pending, into: &folded)
        pending = (scalar, range)
      }
    }
    flush(&pending, into: &folded)
    return folded
  }

  /// A word of a rule, folded as texts are.
  static func fold(_ word: String) -> String {
    String(decoding: fold(Array(word.utf8)).bytes, as: UTF8.self)
  }

  private static func flush(
    _ pending: inout (scalar: Unicode.Scalar, range: Range<Int>)?, into folded: inout MappedText
  ) {
    guard let (scalar, range) = pending else { return }
    pending = nil
    if scalar.value < 0x80 {
      let byte = UInt8(scalar.value)
      let isUpper = (0x41...0x5A).contains(byte)
      return folded.append(CollectionOfOne(isUpper ? byte | 0x20 : byte), from: range)
    }
    folded.append(Array(spelling(of: scalar).utf8), from: range)
  }

  private static func spelling(of scalar: Unicode.Scalar) -> String {
    if let plain = plain(scalar) { return plain }
    let small = scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar
    return lookalikes[small].map { String($0) } ?? String(small)
  }

  /// What stands in blocks that repeat ASCII, and punctuation of many forms.
  private static func plain(_ scalar: Unicode.Scalar) -> String? {
    switch scalar.value {
    case 0xFF01...0xFF5E: return small(scalar.value - 0xFF01 + 0x21)
    case 0x1D400...0x1D6A3:
      return small((scalar.value - 0x1D400) % 26 + 0x61)
    case 0x1D7CE...0x1D7FF: return small((scalar.value - 0x1D7CE) % 10 + 0x30)
    case 0x24B6...0x24E9: return small((scalar.value - 0x24B6) % 26 + 0x61)
    case 0x1F130...0x1F149: return small(scalar.value - 0x1F130 + 0x61)
    case 0x1F150...0x1F169: return small(scalar.value - 0x1F150 + 0x61)
    case 0x1F170...0x1F189: return small(scalar.value - 0x1F170 + 0x61)
    case 0xA0, 0x1680, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: return " "
    case 0x85, 0x2028, 0x2029: return "\n"
    case 0x2010...0x2015, 0x2212, 0xFE58, 0xFE63: return "-"
    case 0x2018...0x201B, 0x2B9, 0x2BC, 0x2032: return "'"
    case 0x201C...0x201F, 0x2033: return "\""
    case 0x2024, 0x3002, 0xFF61: return "."
    case 0x2026: return "..."
    case 0x2044, 0x2215: return "/"
    case 0x17F: return "s"
    case 0x212A: return "k"
    case 0xFB00: return "ff"
    case 0xFB01: return "fi"
    case 0xFB02: return "fl"
    case 0xFB03: return "ffi"
    case 0xFB04: return "ffl"
    case 0xFB05, 0xFB06: return "st"
    default: return nil
    }
  }

  private static func small(_ value: UInt32) -> String? {
    Unicode.Scalar(value).map { String($0).lowercased() }
  }

  /// Both cases of a letter if either looks Latin, so that words keep one folding in both.
  private static let lookalikes: [Unicode.Scalar: Unicode.Scalar] = {
    let alike: [(String, String)] = [
      ("авекмнорстухіјѕһԁԛԝѵґ", "abekmhopctyxijshdqwvr"),
      ("αβεζηικμνορτυχϲϳ", "abezhikmnoptuxcj"),
      ("ɑɡıȷℓոօսհցոᴀᴄᴇᴏᴛᴠᴡᴢ", "agijlnouhgnaceotvwz"),
    ]
    var table: [Unicode.Scalar: Unicode.Scalar] = [:]
    for (theirs, ours) in alike {
      for (their, our) in zip(theirs.unicodeScalars, ours.unicodeScalars) { table[their] = our }
    }
    return table
  }()

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x300...0x34E, 0x350...0x36F, 0x483...0x489, 0x1AB0...0x1AFF, 0x1DC0...0x1DFF,
      0x20D0...0x20FF, 0xFE20...0xFE2F:
      true
    default: false
    }
  }

  private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F, 0x200B...0x200F,
      0x202A...0x202E, 0x2060...0x206F, 0x3164, 0xFE00...0xFE0F, 0xFEFF, 0xFFA0,
      0xFFF9...0xFFFB, 0x1BCA0...0x1BCA3, 0xE0000...0xE0FFF:
      true
    default: false
    }
  }

  /// The letter that base and mark make, such as `é`; `nil` if there is none.
  private static func composed(
    _ base: Unicode.Scalar, _ mark: Unicode.Scalar
  ) -> Unicode.Scalar? {
    var pair = String.UnicodeScalarView()
    pair.append(base)
    pair.append(mark)
    // Swift holds strings for equal that are canonically equivalent, which Unicode never changes.
    return letters[String(pair)]
  }

  private static let letters: [String: Unicode.Scalar] = {
    var letters: [String: Unicode.Scalar] = [:]
    for block in [0xC0...0x24F, 0x386...0x3CE, 0x400...0x4FF, 0x1E00...0x1EFF]
      as [ClosedRange<UInt32>]
    {
      for value in block {
        guard let scalar = Unicode.Scalar(value) else { continue }
        letters[String(scalar)] = scalar
      }
    }
    return letters
  }()
}
