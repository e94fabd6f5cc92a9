extension Recognisers {
  static let europe: [Recogniser] = [
    Recogniser(
      entity: "UK_NHS", shapes: [Recogniser.shape("[0-9]{3}[- ]?[0-9]{3}[- ]?[0-9]{4}", 500)],
      context: ["national", "health", "service", "nhs", "services", "authority"],
      judge: digits {
        Checksums.weighted($0, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11 == 0 && Set($0).count > 1
      }),
    Recogniser(
      entity: "UK_NINO",
      shapes: [
        Recogniser.shape(
          "(?!bg|gb|nk|kn|nt|tn|zz)[a-ceghj-pr-tw-z][a-ceghj-npr-tw-z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[a-d]",
          500, hint: "[a-z][a-z] ?[0-9]{2}")
      ],
      context: ["national", "insurance", "ni", "nino"]),
    Recogniser(
      entity: "DE_TAX_ID",
      shapes: [
        Recogniser.shape("[1-9][0-9]{10}", 300),
        Recogniser.shape("[1-9][0-9] [0-9]{3} [0-9]{3} [0-9]{3}", 300),
      ],
      context: ["steuer", "steuerid", "idnr", "identifikationsnummer", "tax", "tin"],
      judge: digits { digits in
        let counts = Dictionary(grouping: digits.dropLast(), by: { $0 }).values.map(\.count)
        let repeated = counts.filter { $0 > 1 }
        return repeated.count == 1 && repeated[0] <= 3 && Checksums.mod11and10(digits)
      }),
    Recogniser(
      entity: "ES_NIF", shapes: [Recogniser.shape("[0-9]{8}-?[a-z]", 500)],
      context: ["documento", "identidad", "dni", "nif", "identificacion"],
      judge: letters { isSpanish($0) }),
    Recogniser(
      entity: "ES_NIE", shapes: [Recogniser.shape("[xyz]-?[0-9]{7}-?[a-z]", 500)],
      context: ["extranjero", "nie", "identificacion"],
      judge: letters { isSpanish([$0[0] - 0x58 + 0x30] + $0.dropFirst()) }),
    Recogniser(
      entity: "IT_FISCAL_CODE",
      shapes: [
        Recogniser.shape(
          "[a-z]{6}[0-9lmnp-v]{2}[abcdehlmprst][0-9lmnp-v]{2}[a-z][0-9lmnp-v]{3}[a-z]", 300,
          hint: "[a-z]{6}[0-9lmnp-v]{2}[a-t][0-9lmnp-v]{2}[a-z]")
      ],
      context: ["codice", "fiscale", "cf"], judge: letters(isItalian)),
    Recogniser(
      entity: "IT_VAT_CODE", shapes: [Recogniser.shape("[0-9]{11}", 100)],
      context: ["piva", "partita", "iva"], validScoreThousandths: 400, judge: digits(Checksums.luhn)
    ),
    Recogniser(
      entity: "PL_PESEL", shapes: [Recogniser.shape("[0-9]{11}", 400)], context: ["pesel"],
      judge: digits { digits in
        let month = (digits[2] * 10 + digits[3]) % 20
        let day = digits[4] * 10 + digits[5]
        let sum = Checksums.weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1])
        return (1...12).contains(month) && (1...31).contains(day) && sum % 10 == 0
      }),
    Recogniser(
      entity: "FI_PERSONAL_IDENTITY_CODE",
      shapes: [Recogniser.shape("[0-3][0-9][01][0-9]{3}[+a-fu-y-][0-9]{3}[0-9a-y]", 500)],
      context: ["hetu", "henkilötunnus", "personbeteckningen", "personal", "identity", "code"],
      judge: letters { text in
        let number = Checksums.digits(text.dropLast()).reduce(0) { $0 * 10 + $1 }
        return Array("0123456789ABCDEFHJKLMNPRSTUVWXY".utf8)[number % 31] == text.last
      }),
  ]

  private static func isSpanish(_ text: [UInt8]) -> Bool {
    let number = Checksums.digits(text.dropLast()).reduce(0) { $0 * 10 + $1 }
    return Array("TRWAGMYFPDXBNJZSQVHLCKE".utf8)[number % 23] == text.last
  }

  private static func isItalian(_ text: [UInt8]) -> Bool {
    let odd = [
      1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
    ]
    let sum = text.dropLast().enumerated().reduce(0) { sum, item in
      let value = item.element <= 0x39 ? Int(item.element) - 0x30 : Int(item.element) - 0x41
      return sum + (item.offset % 2 == 0 ? odd[value] : value)
    }
    return text.last.map { Int($0) - 0x41 } == sum % 26
  }
}
