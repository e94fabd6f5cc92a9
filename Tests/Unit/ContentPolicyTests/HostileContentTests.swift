import Testing

@testable import ContentPolicy

/// Texts that are made to get past a policy, or to keep it busy.
struct HostileContentTests {
  private static func bundle() throws -> PolicyBundle {
    try Bundles.compile(
      #"""
      policy: test
      version: '1'
      rules:
        - {name: claim, kind: claims, phrases: [cures cancer]}
        - {name: pii, kind: personal-data}
        - {name: explode, kind: pattern, pattern: '(x+x+)+(?!x)(?<=y)', action: allow}
        - {name: links, kind: links, allow: [example.com]}
        - {name: words, kind: terms, words: [synergy], forms: english}
      styles:
        - folder: styles/T
      """#,
      files: [
        "styles/T/Very.yml": "extends: existence\nmessage: m\ntokens: [very]\n",
        "styles/T/Twice.yml":
          "extends: repetition\nmessage: m\nignorecase: true\nalpha: true\ntokens: ['[^\\s]+']\n",
        "styles/T/Long.yml":
          "extends: occurrence\nmessage: m\nscope: sentence\nmax: 100000\ntoken: '\\w+'\n",
      ])
  }

  @Test(arguments: [
    "cures cancer", "CURES\u{A0}CANCER", "cu\u{200D}res can\u{200B}cer", "c\u{AD}ures c\u{AD}ancer",
    "сures саncеr", "cures\u{202E} cancer", "cures \u{2066}cancer\u{2069}", "𝐜𝐮𝐫𝐞𝐬 𝓬𝓪𝓷𝓬𝓮𝓻",
    "ｃｕｒｅｓ　ｃａｎｃｅｒ", "c\u{333}u\u{333}res cancer", "cures\ncancer", "cures\u{2028}cancer",
    "cures \u{FEFF}cancer", "ⓒⓤⓡⓔⓢ cancer",
  ])
  func `a claim is found in disguise`(text: String) throws {
    #expect(try Self.bundle().check(text).action == .block, "\(text.debugDescription)")
  }

  @Test(arguments: [
    "cu&#114;es&nbsp;cancer", "cures <i>can</i>cer", "c<!-- -->ures cancer", "cu&shy;res cancer",
    "<p title='cures cancer'>x", "<img alt=\"cures cancer\">", "cures&#x20;cancer",
    "cures<br>cancer",
    "<meta name=description content='cures cancer'>",
  ])
  func `markup does not hide a claim`(text: String) throws {
    #expect(try Self.bundle().check(text, .html).action == .block, "\(text)")
  }

  @Test(arguments: [
    "cures **can**cer", "cures\ncancer", "[cures](x) cancer", "![cures cancer](x.png)",
    "cures\\ncancer".replacing("\\n", with: "\n"), "`cures cancer`", "> cures\n> cancer",
    "# cures cancer #", "| cures cancer |\n|---|\n", "cures &#99;ancer", "~~cures~~ cancer",
    "<b>cures</b> cancer", "1. cures\n   cancer",
  ])
  func `Markdown does not hide a claim`(text: String) throws {
    #expect(try Self.bundle().check(text, .markdown).action == .block, "\(text)")
  }

  @Test(arguments: [
    [0xFF], [0x61, 0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF4, 0x90, 0x80, 0x80],
  ])
  func `what is no text is held`(bytes: [UInt8]) throws {
    let verdict = try Self.bundle().check(Array("ok".utf8) + bytes, in: CheckContext())
    #expect(verdict.action == .hold && verdict.findings.map(\.rule) == ["content.encoding"])
    #expect(verdict.redacted == nil)
  }

  @Test func `a pattern made to explode is held, with the rule named`() throws {
    let verdict = try Self.bundle().check(String(repeating: "x", count: 4000))
    #expect(verdict.action == .hold)
    #expect(verdict.findings.map(\.rule) == ["explode"])
  }

  @Test func `NUL, emoji and right-to-left text are text`() throws {
    let verdict = try Self.bundle().check("a\u{0}b 👩‍👩‍👧 אבג ann@example.org 😀 synergies")
    #expect(verdict.redactedText == "a\u{0}b 👩‍👩‍👧 אבג <EMAIL_ADDRESS> 😀 synergies")
    #expect(verdict.findings.map(\.span.characters) == [14..<29, 32..<41])
  }

  @Test(arguments: [
    ("a", ContentFormat.plain), ("a", .markdown), ("<", .html), ("<a ", .html), ("<b>", .html),
    ("[", .markdown), ("](", .markdown), ("*a_", .markdown), ("`", .markdown), (">", .markdown),
    ("- ", .markdown), ("&", .html), ("<!--", .html), ("<a b='", .markdown), ("1.", .plain),
    ("4 ", .plain), (". ", .plain), ("\u{301}", .plain), ("@", .plain), ("a.", .plain),
    ("\n", .markdown),
  ])
  func `a long line is read in the time of its length`(
    piece: String, format: ContentFormat
  ) throws {
    let count = (1 << 16) / piece.utf8.count
    let text = "cures cancer \n\n" + String(repeating: piece, count: count)
    #expect(try Self.bundle().check(text, format).action == .block)
  }

  @Test func `ten megabytes on one line get a verdict`() throws {
    let bundle = try Bundles.rules(
      """
        - {name: claim, kind: claims, phrases: [cures cancer]}
        - {name: shape, kind: pattern, pattern: '(?<=sit )[a-z]+', action: allow}
      """)
    let text = String(repeating: "lorem ipsum ", count: 10 * 87_382) + "cures cancer"
    let verdict = bundle.check(text)
    #expect(verdict.findings.map(\.rule) == ["claim"] && verdict.action == .block)
  }
}
