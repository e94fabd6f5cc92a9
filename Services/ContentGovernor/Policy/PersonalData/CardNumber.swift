/// Numbers of payment cards.
enum CardNumber {
  static let shapes = [
    Recogniser.shape("[0-9]{12,19}", 300),
    Recogniser.shape("[0-9]{4}(?:[ .-][0-9]{4}){3}", 300),
    Recogniser.shape("[0-9]{4}(?:[ .-][0-9]{4}){3}[ .-][0-9]{3}", 300),
    Recogniser.shape("3[0-9]{3}[ .-][0-9]{6}[ .-][0-9]{4,5}", 300),
  ]

  static func judge(_ text: [UInt8]) -> Recogniser.Judgement {
    let digits = Checksums.digits(text)
    let isOne = isIssued(digits) && Checksums.luhn(digits) && Set(digits).count > 1
    return isOne ? .valid(byteCount: text.count) : .invalid
  }

  /// Whether a network issues numbers of this length with these first digits (ISO/IEC 7812 ranges).
  private static func isIssued(_ digits: [Int]) -> Bool {
    guard digits.count >= 12 else { return false }
    let first = digits.prefix(4).reduce(0) { $0 * 10 + $1 }
    let count = digits.count
    switch first {
    case 4000...4999: return [13, 16, 19].contains(count)
    case 5100...5599, 2221...2720: return count == 16
    case 3400...3499, 3700...3799: return count == 15
    case 3000...3059, 3095...3099, 3600...3699, 3800...3999: return (14...19).contains(count)
    case 3528...3589: return (16...19).contains(count)
    case 6011, 6440...6599, 6200...6299, 8100...8171: return (16...19).contains(count)
    case 5000...5099, 5600...5899, 6300...6399, 6700...6799: return (12...19).contains(count)
    case 2200...2204: return (16...19).contains(count)
    default: return false
    }
  }
}
