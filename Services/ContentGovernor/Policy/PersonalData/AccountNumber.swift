/// International bank account numbers, ISO 13616.
enum AccountNumber {
  static let shapes = [
    Recogniser.shape(
      "[a-z]{2}[0-9]{2}(?:[ -]?[a-z0-9]){11,30}", 500, hint: "[a-z]{2}[0-9]{2}[ -]?[a-z0-9]")
  ]

  /// A number ends where its country's are long enough; words may follow.
  static func judge(_ text: [UInt8]) -> Recogniser.Judgement {
    let country = String(decoding: text.prefix(2), as: UTF8.self)
    guard let length = lengths[country] else { return .invalid }
    var count = 0
    var end = 0
    for (place, byte) in text.enumerated() where byte != 0x20 && byte != 0x2D {
      count += 1
      if count == length {
        end = place + 1
        break
      }
    }
    guard count == length else { return .invalid }
    // What goes on is another word, or none at all.
    if end < text.count, text[end] != 0x20, text[end] != 0x2D { return .invalid }
    return Checksums.iban(Checksums.letters(text[..<end])) ? .valid(byteCount: end) : .invalid
  }

  private static let lengths: [String: Int] = {
    let table =
      "ad24 ae23 al28 at20 az28 ba20 be16 bg22 bh22 br29 by28 ch21 cr22 cy28 cz24 de22 dk18 do28 ee20 "
      + "eg29 es24 fi18 fo18 fr27 gb22 ge22 gi23 gl18 gr27 gt28 hr21 hu28 ie22 il23 iq23 is26 it27 "
      + "jo30 kw30 kz20 lb28 lc32 li21 lt20 lu20 lv21 ly25 mc27 md24 me22 mk19 mr27 mt31 mu30 nl18 "
      + "no15 pk24 pl28 ps29 pt25 qa29 ro24 rs22 sa24 sc31 sd18 se24 si19 sk24 sm27 st25 sv28 tl23 "
      + "tn24 tr26 ua29 va22 vg24 xk20"
    return Dictionary(
      uniqueKeysWithValues: table.split(separator: " ").map {
        (String($0.prefix(2)), Int($0.dropFirst(2)) ?? 0)
      })
  }()
}
