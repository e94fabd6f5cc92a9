import Testing

@testable import ContentPolicy

struct ValeTests {
  @Test func `existence finds tokens as whole words, but for exceptions`() throws {
    let bundle = try Bundles.vale(
      """
      extends: existence
      message: "Consider removing '%s'"
      level: error
      ignorecase: true
      tokens:
        - obviously
        - very(?! well)
      exceptions:
        - obviously not
      """)
    let verdict = bundle.check("Obviously, it is very good, very well and everyone.")
    #expect(verdict.action == .block)
    #expect(verdict.texts == ["Obviously", "very"])
    #expect(
      verdict.findings.map(\.reason) == [
        "Consider removing 'Obviously'", "Consider removing 'very'",
      ])
    #expect(verdict.findings.map(\.rule) == ["Test.Rule", "Test.Rule"])
  }

  @Test func `raw, nonword and append patterns are as Vale joins them`() throws {
    let raw = try Bundles.vale(
      """
      extends: existence
      message: m
      level: error
      nonword: true
      raw: ['(?:foo', '|bar)']
      """)
    #expect(raw.check("xfoobar").texts == ["foo", "bar"])
    let append = try Bundles.vale(
      #"""
      extends: existence
      message: m
      level: error
      append: true
      tokens: [aren, isn]
      raw: ['''t']
      """#)
    #expect(append.check("it isn't and aren").texts == ["isn't"])
  }

  @Test func `substitution says what to write`() throws {
    let bundle = try Bundles.vale(
      """
      extends: substitution
      message: Use '%s' instead of '%s'
      level: error
      ignorecase: true
      swap:
        e-mail: email
        (?:give|gave) rise to: lead to
        click on: click
      """)
    let verdict = bundle.check("Email: an E-mail gave rise to it")
    #expect(verdict.texts == ["E-mail", "gave rise to"])
    #expect(verdict.findings.first?.reason == "Use 'email' instead of 'E-mail'")
    #expect(verdict.findings.first?.fix == "email")
  }

  @Test func `substitution does not ask for what is there`() throws {
    let bundle = try Bundles.vale(
      """
      extends: substitution
      message: Use '%s' instead of '%s'
      level: error
      ignorecase: true
      swap:
        github: GitHub
      """)
    #expect(bundle.check("GitHub and Github").texts == ["Github"])
  }

  @Test func `occurrence counts in its scope`() throws {
    let bundle = try Bundles.vale(
      #"""
      extends: occurrence
      message: Too long
      level: error
      scope: sentence
      max: 5
      token: '\b(\w+)\b'
      """#)
    #expect(bundle.check("One two three four five. Six.").action == .allow)
    #expect(bundle.check("One. Two three four five six seven.").texts == ["Two"])
  }

  @Test func `repetition finds a word after itself within a sentence`() throws {
    let bundle = try Bundles.vale(
      #"""
      extends: repetition
      message: "'%s' is repeated"
      level: error
      ignorecase: true
      alpha: true
      tokens: ['[^\s]+']
      """#)
    #expect(bundle.check("This this is fine. Fine that. 1 1").texts == ["This this"])
  }

  @Test func `consistency and conditional look at the whole document`() throws {
    let consistency = try Bundles.vale(
      """
      extends: consistency
      message: Inconsistent '%s'
      level: error
      either:
        advisor: adviser
      """)
    #expect(consistency.check("advisor and advisor").action == .allow)
    #expect(consistency.check("# An advisor\n\nOne adviser.", .markdown).texts == ["adviser"])
    let conditional = try Bundles.vale(
      #"""
      extends: conditional
      message: "'%s' has no definition"
      level: error
      first: '\b([A-Z]{3,5})\b'
      second: '(?:\b[A-Z][a-z]+ )+\(([A-Z]{3,5})\)'
      exceptions: [API]
      """#)
    #expect(
      conditional.check("World Health Organization (WHO): the WHO, an API, the DAFB").texts
        == ["DAFB"])
  }

  @Test(arguments: [
    ("$title", "The Quick Brown Fox of the World", "The quick brown fox"),
    ("$sentence", "The quick brown fox", "The Quick Brown Fox"),
    ("$lower", "all small", "Not small"), ("$upper", "ALL BIG", "NOT big"),
    ("'[A-Z].*ing'", "Testing", "testing"),
  ])
  func `capitalization of headings`(match: String, right: String, wrong: String) throws {
    let bundle = try Bundles.vale(
      """
      extends: capitalization
      message: "'%s' is not right"
      level: error
      scope: heading
      match: \(match)
      """)
    #expect(bundle.check("# \(right)\n\n\(wrong)", .markdown).action == .allow)
    #expect(bundle.check("# \(wrong)\n\n\(right)", .markdown).texts == [wrong])
    #expect(bundle.check("<h2>\(wrong)</h2><p>\(right)", .html).texts == [wrong])
  }

  @Test func `metrics and readability say their figure`() throws {
    let metric = try Bundles.vale(
      """
      extends: metric
      message: "%s words a sentence"
      level: error
      formula: (words / sentences) + heading.h2 * 10
      condition: "> 10"
      """)
    #expect(metric.check("One two. Three four.").action == .allow)
    #expect(
      metric.check("## A\n\nOne two. Three four.", .markdown).findings.map(\.reason)
        == ["12.00 words a sentence"])
    let readability = try Bundles.vale(
      """
      extends: readability
      message: Grade %s
      level: error
      grade: 8
      metrics: [Flesch-Kincaid, Gunning Fog]
      """)
    #expect(readability.check("The cat sat on the mat. It was fun.").action == .allow)
    #expect(
      readability.check("Organizational considerations necessitate comprehensive deliberation.")
        .action == .block)
  }

  @Test func `spelling knows the words of its dictionary and their forms`() throws {
    let bundle = try Bundles.compile(
      "policy: t\nversion: '1'\nstyles: [{folder: styles/T, dictionary: en, levels: {error: hold}, accept: [Slipway]}]",
      files: [
        "styles/T/Spelling.yml":
          "extends: spelling\nmessage: \"Is '%s' right?\"\nlevel: error\nignore: [more.txt]\n",
        "styles/en.aff": """
        SET UTF-8
        SFX S Y 3
        SFX S y ies [^aeiou]y
        SFX S 0 s [aeiou]y
        SFX S 0 s [^y]
        PFX U Y 1
        PFX U 0 un .
        """,
        "styles/en.dic": "6\nship/S\nberry/S\nday/S\ntie/SU\nthe\nParis\n",
        "styles/more.txt": "wharf\n",
      ])
    #expect(
      bundle.check("The ships, berries, days, UNTIES the Paris wharf, Slipway, H2O, NATO").action
        == .allow)
    #expect(
      bundle.check("the shipps berrys paris dayies").texts == [
        "shipps", "berrys", "paris", "dayies",
      ])
  }

  @Test(arguments: [
    ("text", ["Head", "Item", "Para", "Quote", "Cell"]), ("heading", ["Head"]),
    ("heading.h2", ["Head"]), ("heading.h3", []), ("list", ["Item"]), ("table", ["Cell"]),
    ("blockquote", ["Quote"]), ("paragraph", ["Para"]), ("sentence", ["Para"]),
    ("text & ~heading", ["Item", "Para", "Quote", "Cell"]), ("strong", ["Bold"]),
    ("summary", ["Para"]),
  ])
  func `scopes are Vale's, in Markdown and in HTML`(scope: String, expected: [String]) throws {
    let bundle = try Bundles.vale(
      """
      extends: existence
      message: m
      level: error
      scope: \(scope)
      tokens: [Head, Item, Para, Quote, Cell\(scope == "strong" ? ", Bold" : "")]
      """)
    let markdown = """
      ## Head

      - Item

      Para with **Bold** and `Para`.

      > Quote

      | Name |
      |------|
      | Cell |

          Para in code
      """
    let html = """
      <h2>Head</h2><ul><li>Item</ul><p>Para with <b>Bold</b> and <code>Para</code>.
      <blockquote><p>Quote</p></blockquote><table><th>Name<td>Cell</table><pre>Para</pre>
      """
    #expect(Set(bundle.check(markdown, .markdown).texts) == Set(expected))
    #expect(Set(bundle.check(html, .html).texts) == Set(expected))
    #expect(bundle.check(markdown, .markdown).findings.count == expected.count)
  }
}
