import Testing

@testable import ContentPolicy

struct PersonalDataTests {
  private static func bundle(_ more: String = "") throws -> PolicyBundle {
    try Bundles.rules("  - {name: pii, kind: personal-data\(more)}")
  }

  /// Published examples of each number, of their issuers' own documents.
  @Test(arguments: [
    ("CREDIT_CARD", "4111 1111 1111 1111"), ("CREDIT_CARD", "5555-5555-5555-4444"),
    ("CREDIT_CARD", "378282246310005"), ("CREDIT_CARD", "3782 822463 10005"),
    ("CREDIT_CARD", "2223003122003222"), ("CREDIT_CARD", "6011111111111117"),
    ("CREDIT_CARD", "４１１１１１１１１１１１１１１１"),
    ("CREDIT_CARD", "4111\u{200B}1111\u{200B}1111\u{200B}1111"),
    ("IBAN_CODE", "GB82 WEST 1234 5698 7654 32"), ("IBAN_CODE", "DE89370400440532013000"),
    ("IBAN_CODE", "NO93 8601 1117 947"), ("IBAN_CODE", "mt84malt011000012345mtlcast001s"),
    ("EMAIL_ADDRESS", "ann.lee+x@mail.example.co.uk"), ("EMAIL_ADDRESS", "grüße@müller.example"),
    ("IP_ADDRESS", "192.168.0.1"), ("IP_ADDRESS", "2001:db8::8a2e:370:7334"),
    ("IP_ADDRESS", "::ffff:192.0.2.1"), ("MAC_ADDRESS", "00:1A:2b:3c:4D:5e"),
    ("PHONE_NUMBER", "+49 (30) 901820"), ("PHONE_NUMBER", "(415) 555-2671"),
    ("CRYPTO", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
    ("CRYPTO", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"),
    ("CRYPTO", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
    ("CRYPTO", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"),
    ("US_SSN", "536-90-4399"), ("UK_NHS", "943 476 5919"), ("UK_NINO", "AB 12 34 56 C"),
    ("DE_TAX_ID", "86095742719"), ("ES_NIF", "12345678Z"), ("ES_NIE", "X1234567L"),
    ("IT_FISCAL_CODE", "MRTMTT91D08F205J"), ("PL_PESEL", "44051401359"),
    ("FI_PERSONAL_IDENTITY_CODE", "131052-308T"), ("SG_NRIC_FIN", "S1234567D"),
    ("IN_PAN", "ABCPE1234F"), ("IN_AADHAAR", "2341 2341 2346"), ("AU_ABN", "51 824 753 556"),
  ])
  func `each kind is found and taken out`(entity: String, text: String) throws {
    let verdict = try Self.bundle().check("Here it is: \(text), thanks")
    #expect(verdict.redactedText == "Here it is: <\(entity)>, thanks", "\(verdict.findings)")
    #expect(verdict.findings.allSatisfy { !$0.text.contains(text) })
  }

  @Test(arguments: [
    "4111 1111 1111 1112", "0000000000000000", "GB82 WEST 1234 5698 7654 33", "ann@localhost",
    "icon@2x.png", "256.1.1.1", "1.2.3", "12:30:45", "a::b::c", "000-12-3456", "666-12-3456",
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "9434765918", "12345678A", "86095742710",
    "44051401358", "S1234567A", "2341 2341 2347", "51 824 753 557", "order 4021", "v10.42",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "2026-11-23", "12,345,678.90",
  ])
  func `what only looks like it is left alone`(text: String) throws {
    let verdict = try Self.bundle().check("Here it is: \(text), thanks")
    #expect(verdict.action == .allow, "\(verdict.findings)")
  }

  @Test func `words before it raise the score`() throws {
    let bundle = try Self.bundle(", entities: [ABA_ROUTING_NUMBER, US_PASSPORT, AU_TFN]")
    #expect(bundle.check("it is 021000021").action == .allow)
    let verdict = bundle.check("the ABA routing number is 021000021")
    #expect(verdict.findings.map(\.reason) == ["it looks like ABA_ROUTING_NUMBER"])
    #expect(verdict.findings.first?.scoreThousandths == 750)
  }

  @Test(arguments: [
    ("mask 4", "pay ***************1111"), ("mask", "pay *******************"),
    ("redact", "pay "), ("replace (card)", "pay (card)"),
  ])
  func `operators say what takes its place`(operation: String, expected: String) throws {
    let bundle = try Self.bundle(", operators: {CREDIT_CARD: \(operation)}")
    #expect(bundle.check("pay 4111 1111 1111 1111").redactedText == expected)
  }

  @Test func `what is allowed is no secret, and what is not asked for is not looked for`() throws {
    let bundle = try Self.bundle(", allow: [Press@Example.com], entities: [EMAIL_ADDRESS]")
    #expect(bundle.check("press@example.com 4111111111111111").action == .allow)
    #expect(bundle.check("ann@example.com").action == .redact)
  }

  @Test(arguments: [
    (ContentFormat.html, "<a href='mailto:ann@example.org'>ann</a>"),
    (.html, "<p>ann&#64;example.org</p>"), (.html, "a<b>nn@exam</b>ple.org"),
    (.html, "<!-- ann@example.org -->"), (.html, "<script>x='ann@example.org'</script>"),
    (.html, "<img alt='ann@example.org'"), (.markdown, "[ann](mailto:ann@example.org)"),
    (.markdown, "`ann@example.org`"), (.markdown, "    ann@example.org"),
    (.markdown, "---\nby: ann@example.org\n---\n"), (.markdown, "**ann**@example.org"),
  ])
  func `markup hides nothing`(format: ContentFormat, text: String) throws {
    let verdict = try Self.bundle().check(text, format)
    #expect(verdict.action == .redact, "\(text)")
    #expect(verdict.redactedText?.contains("example.org") == false, "\(verdict)")
  }
}
