import Testing

@testable import Trust

@Suite struct APIKeyTests {
  @Test("what was made is read back", arguments: UInt64(0)..<50)
  func roundTrip(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let key = try APIKey.generate(environment: "prod", using: &random)
    #expect(try APIKey(key.text) == key, "seed \(seed)")
    #expect(key.text.utf8.count == 4 + 4 + 12 + 43 + 6 + 4)
    #expect(key.text.hasPrefix("slip_prod_\(key.id)_"))
  }

  @Test(
    "no wrong character, lost character or swap of neighbours goes unseen",
    arguments: UInt64(0)..<20)
  func typos(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let text = Array(try APIKey.generate(environment: "dev", using: &random).text.utf8)
    for index in text.indices {
      var wrong = text
      wrong[index] = wrong[index] == UInt8(ascii: "x") ? UInt8(ascii: "y") : UInt8(ascii: "x")
      var shorter = text
      shorter.remove(at: index)
      var swapped = text
      swapped.swapAt(index, (index + 1) % text.count)
      for typo in [wrong, shorter, swapped] where typo != text {
        #expect(throws: APIKeyError.self, "seed \(seed), \(index)") {
          try APIKey(String(decoding: typo, as: UTF8.self))
        }
      }
    }
  }

  @Test(
    "says what was expected",
    arguments: [
      ("", .parts(count: 1)),
      ("slip_prod_a_b", .parts(count: 4)),
      ("slop_prod_a_b_c", .prefix),
      ("slip_PROD_a_b_c", .environment("PROD")),
      ("slip__a_b_c", .environment("")),
      ("slip_prod_a_b_c", .digits(part: "id", expected: 12, found: 1)),
      ("slip_prod_000000000000_b_c", .digits(part: "secret", expected: 43, found: 1)),
      (String(repeating: "x", count: 1_000), .length(bytes: 1_000)),
    ] as [(String, APIKeyError)])
  func errors(text: String, expected: APIKeyError) {
    #expect(throws: expected) { try APIKey(text) }
  }

  @Test("neither a description nor a dump nor an error shows the secret")
  func secrecy() throws {
    var random = SeededRandom(seed: 1)
    let key = try APIKey.generate(environment: "prod", using: &random)
    let secret = key.text.split(separator: "_")[3]
    var dumped = ""
    dump(key, to: &dumped)
    #expect(!"\(key) \(String(reflecting: key)) \(dumped)".contains(secret))
    let typo = key.text.dropLast() + (key.text.last == "0" ? "1" : "0")
    #expect(throws: APIKeyError.checksum) { try APIKey(String(typo)) }
    #expect(!"\(APIKeyError.checksum)".contains(secret))
  }

  @Test(
    "an environment that would not fit the form is refused",
    arguments: ["", "a_b", "Ä", "x y", "12345678901234567"])
  func environments(text: String) {
    var random = SeededRandom(seed: 1)
    #expect(throws: APIKeyError.environment(text)) {
      try APIKey.generate(environment: text, using: &random)
    }
  }

  @Test("the checksum is the CRC-32 that everybody knows")
  func checkValue() {
    #expect(CRC32.checksum("123456789".utf8) == 0xcbf4_3926)
    #expect(Base62.text(.max, digits: 6) == "4gfFC3")
    #expect(Base62.text(61, digits: 6) == "00000z")
  }
}

/// Chance that a failure can be repeated with: every message names its seed (SplitMix64).
private struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
