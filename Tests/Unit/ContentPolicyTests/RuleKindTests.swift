import Testing

@testable import ContentPolicy

struct RuleKindTests {
  @Test func `terms are found in any case, spacing and disguise, whole words only`() throws {
    let bundle = try Bundles.rules(
      """
        - {name: t, kind: terms, words: [miracle cure], prefer: {utilize: use}, forms: english}
      """)
    for text in [
      "A Miracle  Cure!", "miracle\ncures", "mirac\u{200B}le cu\u{AD}re",
      "m\u{456}r\u{430}cle cure",
      "\u{FF4D}iracle cure", "\u{1D426}iracle cure", "mi\u{20DD}racle cure",
    ] {
      #expect(bundle.check(text).action == .hold, "\(text)")
    }
    #expect(bundle.check("oracle cures, miracled cured").action == .allow)
    let verdict = bundle.check("They Utilize it")
    #expect(verdict.findings.first?.fix == "Use")
    #expect(verdict.findings.first?.span.bytes == 5..<12)
  }

  @Test func `exceptions and exact case spare what is meant`() throws {
    let bundle = try Bundles.rules(
      """
        - name: t
          kind: terms
          words: [guarantee]
          exceptions: [money-back guarantee]
        - {name: c, kind: terms, words: [AI], case: exact}
      """)
    #expect(bundle.check("our money-back guarantee, ai and Ai").action == .allow)
    #expect(bundle.check("a guarantee").findings.map(\.rule) == ["t"])
    #expect(bundle.check("by AI").findings.map(\.rule) == ["c"])
  }

  @Test func `a disclaimer is asked for where a claim or a channel calls for it`() throws {
    let bundle = try Bundles.rules(
      """
        - {name: d, kind: disclaimer, text: Capital at risk., when: [invest, returns], channels: [ad]}
      """)
    #expect(bundle.check("Invest now", channel: "ad").findings.first?.fix == "Capital at risk.")
    #expect(bundle.check("Invest now. Capital at risk.", channel: "ad").action == .allow)
    #expect(bundle.check("Invest now", channel: "blog").action == .allow)
    #expect(bundle.check("Hello", channel: "ad").action == .allow)
  }

  @Test func `a mark is written as it is registered`() throws {
    let bundle = try Bundles.rules(
      """
        - {name: m, kind: trademark, mark: Slipway, symbols: [®, (R)]}
      """)
    #expect(bundle.check("Slipway® and Slipway").action == .allow)
    #expect(bundle.check("slipway® is").findings.map(\.fix) == ["Slipway"])
    #expect(bundle.check("Slipway® and Slipways").texts == ["Slipways"])
    #expect(bundle.check("Slipway is").findings.first?.fix == "Slipway®")
  }

  @Test func `links, emoji, length, reading level and words that exclude are told`() throws {
    let bundle = try Bundles.rules(
      """
        - {name: links, kind: links, allow: [example.com], https: true}
        - {name: emoji, kind: emoji, max: 1}
        - {name: length, kind: length, max: 60}
        - {name: level, kind: reading-level, max: 12}
        - {name: words, kind: inclusive}
      """)
    #expect(bundle.check("see https://www.example.com/a 👩‍👩‍👧").action == .allow)
    #expect(bundle.check("see https://evil.test/x").findings.map(\.rule) == ["links"])
    #expect(bundle.check("see http://example.com").findings.map(\.rule) == ["links"])
    #expect(bundle.check("[a](javascript:alert)", .markdown).findings.map(\.rule) == ["links"])
    #expect(
      bundle.check("<a href='&#104;ttps://evil.test'>a</a>", .html).findings.map(\.rule)
        == ["links"])
    #expect(bundle.check("👍👍🏽🇩🇪").texts == ["👍🏽", "🇩🇪"])
    #expect(bundle.check(String(repeating: "a ", count: 40)).findings.map(\.rule) == ["length"])
    #expect(bundle.check("the blacklist").findings.map(\.fix) == ["blocklist"])
    #expect(
      bundle.check("Internationalization considerations necessitate").findings.map(\.rule)
        == ["level"])
  }

  @Test func `patterns find, except and fix`() throws {
    let bundle = try Bundles.rules(
      #"""
        - name: p
          kind: pattern
          pattern: '(?<!\d)\d{4}(?!\d)'
          exceptions: ['^20']
          action: redact
          replacement: YEAR
      """#)
    let verdict = bundle.check("in 1999 and 2001, 12345")
    #expect(verdict.action == .redact && verdict.redactedText == "in YEAR and 2001, 12345")
    #expect(verdict.texts == ["YEAR"])
  }

  @Test func `a rule is for its channels and locales only`() throws {
    let bundle = try Bundles.rules(
      """
        - {name: t, kind: terms, words: [x], locales: [de]}
      """)
    func action(_ locale: String) -> VerdictAction {
      bundle.check(Array("x".utf8), in: CheckContext(locale: locale)).action
    }
    #expect(action("de") == .hold && action("de-AT") == .hold)
    #expect(action("den") == .allow && action("") == .allow)
  }
}
