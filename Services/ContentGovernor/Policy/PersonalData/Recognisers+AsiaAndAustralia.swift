extension Recognisers {
  static let asiaAndAustralia: [Recogniser] = [
    Recogniser(
      entity: "SG_NRIC_FIN", shapes: [Recogniser.shape("[stfgm][0-9]{7}[a-z]", 500)],
      context: ["fin", "nric"], judge: letters(isSingaporean)),
    Recogniser(
      entity: "IN_PAN",
      shapes: [
        Recogniser.shape(
          "[a-z]{3}[abcfghjlpt][a-z][0-9]{4}[a-z]", 600, hint: "[a-z]{3}[0-9]{4}")
      ],
      context: ["permanent", "account", "pan"]),
    Recogniser(
      entity: "IN_AADHAAR",
      shapes: [Recogniser.shape("[2-9][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}", 100)],
      context: ["aadhaar", "uidai"], judge: digits(Checksums.verhoeff)),
    Recogniser(
      entity: "AU_ABN",
      shapes: [Recogniser.shape("[0-9]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}", 100)],
      context: ["australian", "business", "number", "abn"],
      judge: digits { digits in
        let less = [digits[0] - 1] + digits.dropFirst()
        return digits[0] > 0
          && Checksums.weighted(less, [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) % 89 == 0
      }),
    Recogniser(
      entity: "AU_ACN", shapes: [Recogniser.shape("[0-9]{3} ?[0-9]{3} ?[0-9]{3}", 100)],
      context: ["australian", "company", "number", "acn"], validScoreThousandths: 400,
      judge: digits {
        (10 - Checksums.weighted($0, [8, 7, 6, 5, 4, 3, 2, 1]) % 10) % 10 == $0[8]
      }),
    Recogniser(
      entity: "AU_TFN", shapes: [Recogniser.shape("[0-9]{3} ?[0-9]{3} ?[0-9]{3}", 100)],
      context: ["australian", "tax", "file", "number", "tfn"], validScoreThousandths: 400,
      judge: digits { Checksums.weighted($0, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 == 0 }),
    Recogniser(
      entity: "AU_MEDICARE", shapes: [Recogniser.shape("[2-6][0-9]{3} ?[0-9]{5} ?[0-9]", 100)],
      context: ["medicare"], validScoreThousandths: 400,
      judge: digits { Checksums.weighted($0, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 == $0[8] }),
  ]

  private static func isSingaporean(_ text: [UInt8]) -> Bool {
    let sum = Checksums.weighted(Checksums.digits(text.dropFirst()), [2, 7, 6, 5, 4, 3, 2])
    let (table, offset) =
      switch text[0] {
      case 0x53: ("JZIHGFEDCBA", 0)
      case 0x54: ("JZIHGFEDCBA", 4)
      case 0x46: ("XWUTRQPNMLK", 0)
      case 0x47: ("XWUTRQPNMLK", 4)
      default: ("KLJNPQRTUWX", 3)
      }
    let letters = Array(table.utf8)
    let place = (sum + offset) % 11
    return letters[text[0] == 0x4D ? 10 - place : place] == text.last
  }
}
