extension Recognisers {
  static let unitedStates: [Recogniser] = [
    Recogniser(
      entity: "US_SSN", shapes: [Recogniser.shape("[0-9]{3}([- .])[0-9]{2}[- .][0-9]{4}", 500)],
      context: ["social", "security", "ssn", "ssns", "ssid"], judge: socialSecurity),
    Recogniser(
      entity: "US_ITIN",
      shapes: [
        Recogniser.shape(
          "9[0-9]{2}[- ](?:5[0-9]|6[0-5]|7[0-9]|8[0-8]|9[0-24-9])[- ][0-9]{4}", 500)
      ],
      context: ["individual", "taxpayer", "itin", "tax", "payer", "taxid", "tin"]),
    Recogniser(
      entity: "US_PASSPORT",
      shapes: [Recogniser.shape("[0-9]{9}", 50), Recogniser.shape("[a-z][0-9]{8}", 100)],
      context: ["passport", "travel", "document"]),
    Recogniser(
      entity: "US_BANK_NUMBER", shapes: [Recogniser.shape("[0-9]{8,17}", 50)],
      context: ["check", "account", "acct", "bank", "save", "debit"]),
    Recogniser(
      entity: "ABA_ROUTING_NUMBER", shapes: [Recogniser.shape("[0123678][0-9]{8}", 50)],
      context: ["aba", "routing", "abarouting", "association", "bankrouting"],
      // One number of nine digits in ten adds up.
      validScoreThousandths: 400,
      judge: digits { Checksums.weighted($0, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 == 0 }),
    Recogniser(
      entity: "MEDICAL_LICENSE",
      shapes: [Recogniser.shape("[abcdefghjklmprstux][a-z9][0-9]{7}", 400)],
      context: ["medical", "certificate", "dea"],
      judge: { text in
        let digits = Checksums.digits(text.suffix(7))
        let sum = digits[0] + digits[2] + digits[4] + 2 * (digits[1] + digits[3] + digits[5])
        return sum % 10 == digits[6] ? .valid(byteCount: text.count) : .invalid
      }),
  ]

  private static func socialSecurity(_ text: [UInt8]) -> Recogniser.Judgement {
    let digits = Checksums.digits(text)
    let area = digits[0] * 100 + digits[1] * 10 + digits[2]
    let marks = text.filter { !(0x30...0x39).contains($0) }
    let isEmpty = area == 0 || digits[3] + digits[4] == 0 || digits[5...].allSatisfy { $0 == 0 }
    // Numbers that advertisements made famous were never issued.
    let isFamous = [[0, 7, 8, 0, 5, 1, 1, 2, 0], [1, 2, 3, 4, 5, 6, 7, 8, 9]].contains(digits)
    let isNone = isEmpty || area == 666 || area >= 900 || Set(marks).count > 1 || isFamous
    return isNone ? .invalid : .unknown
  }
}
