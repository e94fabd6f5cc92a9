/// What is recognised. Names, context words and scores are those of Presidio's recognisers that need no
/// model of a language; patterns and sums are our own, after each number's own standard.
enum Recognisers {
  static let all = international + unitedStates + europe + asiaAndAustralia

  static let international: [Recogniser] = [
    Recogniser(
      entity: "CREDIT_CARD", shapes: CardNumber.shapes,
      context: [
        "credit", "card", "visa", "mastercard", "cc", "amex", "discover", "jcb", "diners",
        "maestro",
      ], judge: CardNumber.judge),
    Recogniser(
      entity: "IBAN_CODE", shapes: AccountNumber.shapes,
      context: ["iban", "bank", "transaction", "account", "konto"], judge: AccountNumber.judge),
    Recogniser(
      entity: "EMAIL_ADDRESS",
      shapes: [
        Recogniser.shape(
          #"[\p{L}\p{N}!#$%&'*+/=?^_\x60{|}~-][\p{L}\p{N}.!#$%&'*+/=?^_\x60{|}~-]{0,63}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}[\p{L}]{2,24}"#,
          500, hint: "@")
      ],
      context: ["email", "mail", "e-mail"], judge: email),
    Recogniser(
      entity: "IP_ADDRESS", shapes: NetworkAddress.shapes, context: ["ip", "ipv4", "ipv6"],
      validScoreThousandths: 600, judge: NetworkAddress.judge),
    Recogniser(
      entity: "MAC_ADDRESS",
      shapes: [
        Recogniser.shape(
          "[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}", 600, hint: "[0-9a-f]{2}[:-][0-9a-f]{2}[:-]")
      ],
      context: ["mac", "hardware", "ethernet", "device"]),
    Recogniser(
      entity: "URL",
      shapes: [
        Recogniser.shape(#"(?:https?|ftps?)://[^\s<>"\x60]+"#, 600, hint: "://"),
        Recogniser.shape(#"www\.[^\s<>"\x60]+\.[a-z]{2,24}[^\s<>"\x60]*"#, 500, hint: #"www\."#),
      ],
      context: ["url", "website", "link"], isUsual: false),
    Recogniser(
      entity: "PHONE_NUMBER",
      shapes: [
        Recogniser.shape(
          #"\+[1-9](?:[ ./()-]{0,2}[0-9]){7,14}"#, 700, hint: #"\+[1-9]"#),
        Recogniser.shape(
          #"(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[ .-])[2-9][0-9]{2}[ .-][0-9]{4}"#, 500),
        Recogniser.shape(
          #"0[1-9](?:[ ./()-]{0,2}[0-9]){7,11}"#, 400, hint: "0[1-9][ ./()-]{0,2}[0-9]"),
        Recogniser.shape("[0-9]{10}", 300),
      ],
      context: [
        "phone", "number", "telephone", "cell", "cellphone", "mobile", "call", "tel", "fax",
      ]),
    Recogniser(
      entity: "CRYPTO",
      shapes: [
        Recogniser.shape("[13][1-9A-HJ-NP-Za-km-z]{24,33}", 500, hint: "[13][1-9a-z]{6}"),
        Recogniser.shape("(?:bc1|BC1)[02-9A-HJ-NP-Zac-hj-np-z]{11,71}", 500, hint: "bc1"),
        Recogniser.shape("0x[0-9a-fA-F]{40}", 600, hint: "0x[0-9a-f]{4}"),
      ],
      context: ["wallet", "btc", "bitcoin", "crypto", "eth", "ethereum"], isCaseTold: true,
      judge: crypto),
    Recogniser(
      entity: "DATE_TIME",
      shapes: [
        Recogniser.shape("[0-9]{4}-[01]?[0-9]-[0-3]?[0-9]", 600),
        Recogniser.shape(
          "[0-3]?[0-9][/.][0-3]?[0-9][/.](?:[0-9]{2}){1,2}", 600, hint: "[0-9][/.][0-3]?[0-9][/.]"),
      ],
      context: ["date", "birthday", "born"], isUsual: false),
  ]

  private static let fileEndings: Set = [
    "png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "json", "html", "ts", "map",
  ]

  private static func email(_ text: [UInt8]) -> Recogniser.Judgement {
    let parts = text.split(separator: 0x40)
    let isDotted = zip(text, text.dropFirst()).contains { $0 == 0x2E && $1 == 0x2E }
    guard parts.count == 2, let local = parts.first, local.last != 0x2E, !isDotted,
      let ending = parts[1].split(separator: 0x2E).last
    else { return .invalid }
    // `icon@2x.png` is a file.
    let isFile = fileEndings.contains(String(decoding: ending, as: UTF8.self))
    return isFile ? .invalid : .valid(byteCount: text.count)
  }

  private static func crypto(_ text: [UInt8]) -> Recogniser.Judgement {
    let isOne: Bool
    if text.starts(with: "0x".utf8) {
      // Ethereum's sum is in the case of letters that many leave out.
      return .unknown
    } else if text.first == 0x62 || text.first == 0x42 {
      let small = text.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
      let capital = text.map { (0x61...0x7A).contains($0) ? $0 & 0xDF : $0 }
      isOne = (text == small || text == capital) && Checksums.bech32(small)
    } else {
      isOne = Checksums.base58(text)
    }
    return isOne ? .valid(byteCount: text.count) : .invalid
  }

  /// For sums over digits alone.
  static func digits(
    _ isOne: @escaping @Sendable ([Int]) -> Bool
  ) -> @Sendable ([UInt8]) -> Recogniser.Judgement {
    { text in isOne(Checksums.digits(text)) ? .valid(byteCount: text.count) : .invalid }
  }

  /// For sums over letters, in capitals, and digits.
  static func letters(
    _ isOne: @escaping @Sendable ([UInt8]) -> Bool
  ) -> @Sendable ([UInt8]) -> Recogniser.Judgement {
    { text in isOne(Checksums.letters(text)) ? .valid(byteCount: text.count) : .invalid }
  }
}
