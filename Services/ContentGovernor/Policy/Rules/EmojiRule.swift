internal import Matching

/// How many emoji content may have.
struct EmojiRule: RuleBody {
  let max: Int

  var entries: [PrefilterEntry] { [] }

  func look(at reading: Reading, hits: [Int], _ found: inout Found) {
    guard !Folding.isPlain(reading.text.bytes) else { return }
    var reader = ScalarReader(reading.text.bytes)
    var emoji: [Range<Int>] = []
    var joins = false
    while let (scalar, range) = reader.next() {
      if scalar.value == 0x200D || scalar.value == 0xFE0F || Self.isModifier(scalar) {
        joins = joins || scalar.value == 0x200D
        if let last = emoji.last, last.upperBound == range.lowerBound {
          emoji[emoji.count - 1] = last.lowerBound..<range.upperBound
        }
      } else if Self.isEmoji(scalar) {
        if joins, let last = emoji.last, last.upperBound == range.lowerBound {
          emoji[emoji.count - 1] = last.lowerBound..<range.upperBound
        } else if Self.isFlag(scalar), let last = emoji.last, last.count == 4,
          last.upperBound == range.lowerBound,
          ScalarReader.scalar(at: last.lowerBound, in: reading.text.bytes).map(Self.isFlag) == true
        {
          emoji[emoji.count - 1] = last.lowerBound..<range.upperBound
        } else {
          emoji.append(range)
        }
        joins = false
      } else {
        joins = false
      }
    }
    for range in emoji.dropFirst(max) { found.add(reading.text.source(of: range)) }
  }

  private static func isModifier(_ scalar: Unicode.Scalar) -> Bool {
    (0x1F3FB...0x1F3FF).contains(scalar.value)
  }

  private static func isFlag(_ scalar: Unicode.Scalar) -> Bool {
    (0x1F1E6...0x1F1FF).contains(scalar.value)
  }

  /// A table of our own: a later Unicode changes no verdict.
  private static func isEmoji(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x231A...0x231B, 0x23E9...0x23FA, 0x25FD...0x25FE, 0x2600...0x27BF, 0x2B05...0x2B07,
      0x2B1B...0x2B1C, 0x2B50, 0x2B55, 0x1F004, 0x1F0CF, 0x1F18E, 0x1F191...0x1F19A,
      0x1F1E6...0x1F1FF, 0x1F201...0x1F251, 0x1F300...0x1F64F, 0x1F680...0x1F6FF,
      0x1F7E0...0x1F7F0, 0x1F900...0x1FAFF:
      true
    default: false
    }
  }
}
