import Testing

@testable import ContentPolicy

/// Numbers that are made, labelled and hidden in prose, with others beside them that fail their sum.
struct PersonalDataRecallTests {
  private struct Label: Hashable {
    let entity: String
    let bytes: Range<Int>
  }

  private static let sentences = [
    "Please use ", "On file we have ", "My number: ", "Reference ", "It reads ", "(see ",
    "Call about ",
    "Für Rückfragen ", "Voici ", "номер ", "番号は ", "Updated 2026-11-23, ", "Paid 1,299.00 for ",
  ]
  private static let ends = [". ", ", ", "; ", ") ", " today. ", " — ", "\n", "! "]

  private static func digits(_ count: Int, _ random: inout SeededRandom) -> [Int] {
    (0..<count).map { _ in Int.random(in: 0...9, using: &random) }
  }

  private static func text(_ digits: [Int]) -> String { digits.map(String.init).joined() }

  private static func grouped(
    _ text: String, _ sizes: [Int], by mark: String
  ) -> String {
    var rest = Substring(text)
    return sizes.map { size in
      defer { rest = rest.dropFirst(size) }
      return String(rest.prefix(size))
    }.joined(separator: mark)
  }

  /// The digit that makes `check` hold at the end of `body`.
  private static func completed(_ body: [Int], _ check: ([Int]) -> Bool) -> [Int]? {
    (0...9).lazy.map { body + [$0] }.first(where: check)
  }

  /// The number, and what of it fails: another last digit.
  private static func make(
    _ entity: String, _ random: inout SeededRandom
  ) -> (good: String, bad: String)? {
    func pair(_ digits: [Int], _ spell: (String) -> String) -> (String, String) {
      let bad = digits.dropLast() + [(digits[digits.count - 1] + 1) % 10]
      return (spell(text(digits)), spell(text(Array(bad))))
    }
    let mark = random.pick(["", " ", "-"])
    switch entity {
    case "CREDIT_CARD":
      let body = random.pick([[4], [5, 2], [6, 0, 1, 1]])
      return completed(body + digits(15 - body.count, &random), Checksums.luhn)
        .map { pair($0) { grouped($0, [4, 4, 4, 4], by: mark) } }
    case "UK_NHS":
      return completed(digits(9, &random)) {
        Checksums.weighted($0, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11 == 0
      }.map { pair($0) { grouped($0, [3, 3, 4], by: mark) } }
    case "DE_TAX_ID":
      var body = Array(1...9).shuffled(using: &random)
      body.append(body[0])
      return completed(body, Checksums.mod11and10).map { pair($0) { $0 } }
    case "IN_AADHAAR":
      return completed(
        [Int.random(in: 2...9, using: &random)] + digits(10, &random), Checksums.verhoeff
      )
      .map { pair($0) { grouped($0, [4, 4, 4], by: mark) } }
    case "PL_PESEL":
      let body =
        digits(2, &random) + [0, Int.random(in: 1...9, using: &random), 1] + digits(5, &random)
      return completed(body) {
        Checksums.weighted($0, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 == 0
      }.map { pair($0) { $0 } }
    case "IBAN_CODE":
      let body = text(digits(18, &random))
      let check = (2...98).first { value in
        let sum = (value < 10 ? "0" : "") + "\(value)"
        return Checksums.iban(Array("DE\(sum)\(body)".utf8))
      }
      guard let check else { return nil }
      func spell(_ value: Int) -> String {
        let plain = "DE" + (value < 10 ? "0" : "") + "\(value)" + body
        return mark == " " ? grouped(plain, [4, 4, 4, 4, 4, 2], by: " ") : plain
      }
      return (spell(check), spell(check == 98 ? 2 : check + 1))
    case "ES_NIF":
      let number = digits(8, &random)
      let letters = Array("TRWAGMYFPDXBNJZSQVHLCKE")
      let value = number.reduce(0) { $0 * 10 + $1 } % 23
      return (
        text(number) + String(letters[value]), text(number) + String(letters[(value + 1) % 23])
      )
    default: return nil
    }
  }

  private static let entities = [
    "CREDIT_CARD", "UK_NHS", "DE_TAX_ID", "IN_AADHAAR", "PL_PESEL", "IBAN_CODE", "ES_NIF",
  ]

  @Test(arguments: entities)
  func `precision and recall are 0.99 and more where a checksum decides`(entity: String) throws {
    let bundle = try Bundles.rules(
      "  - {name: pii, kind: personal-data, entities: [\(entity)]}")
    let seed: UInt64 = 20_261_123
    var random = SeededRandom(seed)
    var (found, missed, wrong) = (0, 0, 0)
    for _ in 0..<300 {
      var text = ""
      var labels: Set<Label> = []
      for _ in 0..<6 {
        guard let (good, bad) = Self.make(entity, &random) else { continue }
        text += random.pick(Self.sentences)
        let start = text.utf8.count
        let isGood = Bool.random(using: &random)
        text += isGood ? good : bad
        if isGood { labels.insert(Label(entity: entity, bytes: start..<text.utf8.count)) }
        text += random.pick(Self.ends)
      }
      let told = Set(
        bundle.check(text).findings.map { Label(entity: entity, bytes: $0.span.bytes) })
      found += labels.intersection(told).count
      missed += labels.subtracting(told).count
      wrong += told.subtracting(labels).count
    }
    let precision = Double(found) / Double(max(found + wrong, 1))
    let recall = Double(found) / Double(max(found + missed, 1))
    #expect(found > 500, "seed \(seed)")
    #expect(precision >= 0.99 && recall >= 0.99, "seed \(seed): \(precision) and \(recall)")
  }
}
