import Testing

@testable import ContentPolicy

/// What holds for every bundle and every text.
struct VerdictPropertyTests {
  private static let words = [
    "alpha", "Beta", "gamma ray", "straße", "café", "naïve", "Ωmega", "слово", "κόσμος", "日本",
    "k", "s", "foo-bar", "C++", "don't", "I", "ｆｕｌｌ",
  ]
  private static let patterns = [
    #"\d+"#, #"\b[A-Z]\w+\b"#, "(?i)beta", "(?<=a)l", #"(?<!\w)s(?!\w)"#, #"\p{Lu}\p{Ll}+"#, "^.",
    ".$", #"(\w)\1"#, "(?i)K", "(?i)straSSe|straße", #"[^\x00-\x7F]+"#, "(?m)^$", #"\s{2,}"#,
    "caf(é|e)", "(?>a+)b?", #"\bs"#, "(?i)[k-s]+", "x*", #"(?s)a.b"#, #"[[:alpha:]]{3}"#, #"\R"#,
  ]
  private static let pieces: [String] =
    words + [
      " ", "  ", "\n", "\n\n", ".", ", ", "1", "42", "4111 1111 1111 1111", "a@example.com",
      "\u{200B}", "\u{AD}", "e\u{301}", "\u{202E}", "😀", "👩‍👩‍👧", "\u{0}", "\u{212A}", "ſ", "İ",
      "ß", "ẞ", "ﬁ", "𝐀𝐥𝐩𝐡𝐚", "&amp;", "&#97;lpha", "**", "_", "`", "<b>", "</b>", "<p>", "# ",
      "- ", "> ", "[a](b)", "GB82 WEST 1234 5698 7654 32", "\u{1F1E9}\u{1F1EA}", "אבג", "ק", "ΑΛΦΑ",
      "alph\u{430}", "BETA", "ALPHA", "\t", "ǅ", "ꭰ", "\u{10400}",
    ]

  private static func rules(_ random: inout SeededRandom) -> [String] {
    (0..<Int.random(in: 1...8, using: &random)).map { number in
      let action = random.pick(["allow", "redact", "hold", "block"])
      switch Int.random(in: 0..<4, using: &random) {
      case 0:
        return "  - {name: r\(number), kind: personal-data, action: \(action), entities: [all], "
          + "score: \(random.pick(["0", "0.3", "0.5"]))}"
      case 1, 2:
        let pattern = random.pick(patterns).replacing("'", with: "''")
        return "  - {name: r\(number), kind: pattern, pattern: '\(pattern)', action: \(action), "
          + "case: \(random.pick(["ignore", "exact"]))}"
      default:
        let some = (0..<4).map { _ in "\"\(random.pick(words))\"" }.joined(separator: ", ")
        return "  - {name: r\(number), kind: terms, words: [\(some)], action: \(action), "
          + "forms: \(random.pick(["none", "english", "german"]))}"
      }
    }
  }

  private static func text(_ random: inout SeededRandom) -> [UInt8] {
    let count = Int.random(in: 0...40, using: &random)
    return Array((0..<count).map { _ in random.pick(pieces) }.joined().utf8)
  }

  @Test(arguments: UInt64(1)...24)
  func `neither the prefilter nor the order of rules changes a verdict, and offsets are valid`(
    seed: UInt64
  ) throws {
    var random = SeededRandom(seed)
    let rules = Self.rules(&random)
    let bundle = try Bundles.rules(rules.joined(separator: "\n"))
    let other = try Bundles.rules(rules.shuffled(using: &random).joined(separator: "\n"))
    for _ in 0..<25 {
      let text = Self.text(&random)
      let context = CheckContext(random.pick(ContentFormat.allCases))
      let verdict = bundle.check(text, in: context)
      let written = String(decoding: text, as: UTF8.self)
      #expect(
        bundle.check(text, in: context, isPrefiltered: false) == verdict,
        "seed \(seed): \(written.debugDescription)")
      let reordered = other.check(text, in: context)
      #expect(reordered.findings == verdict.findings, "seed \(seed): \(written.debugDescription)")
      #expect(reordered.redacted == verdict.redacted, "seed \(seed)")
      #expect(bundle.check(text, in: context) == verdict, "seed \(seed)")
      Self.checkOffsets(verdict, text, seed)
    }
  }

  private static func checkOffsets(_ verdict: Verdict, _ text: [UInt8], _ seed: UInt64) {
    let scalars = Array(String(decoding: text, as: UTF8.self).unicodeScalars)
    for finding in verdict.findings {
      let (bytes, characters) = (finding.span.bytes, finding.span.characters)
      guard bytes.upperBound <= text.count, characters.upperBound <= scalars.count else {
        Issue.record("seed \(seed): \(finding.span) lies outside")
        continue
      }
      let view = String.UnicodeScalarView(scalars[characters])
      #expect(Array(String(view).utf8) == Array(text[bytes]), "seed \(seed)")
    }
    if let redacted = verdict.redacted {
      #expect(String(validating: redacted, as: UTF8.self) != nil, "seed \(seed)")
    }
  }

  @Test(arguments: UInt64(1)...12)
  func `personal data that is redacted is gone from everything that a verdict says`(
    seed: UInt64
  ) throws {
    var random = SeededRandom(seed)
    let operation = random.pick(["replace", "redact", "mask 4", "mask", "replace X"])
    let bundle = try Bundles.rules(
      #"""
        - {name: pii, kind: personal-data, operators: {DEFAULT: \#(operation)}}
        - {name: digits, kind: pattern, pattern: '\d[\d -]+', action: hold}
        - {name: words, kind: pattern, pattern: '\S+@?\S+', action: block}
      """#)
    let secrets = ["4111111111111111", "5500 0000 0000 0004", "ann@example.org", "943 476 5919"]
    for _ in 0..<40 {
      let secret = random.pick(secrets)
      let noise = Self.text(&random)
      let text =
        noise + Array(" \(secret) ".utf8) + Self.text(&random)
        + Array(random.pick(["x\(secret)", secret, "\(secret)9", "(\(secret))"]).utf8)
      let verdict = bundle.check(text, in: CheckContext(random.pick(ContentFormat.allCases)))
      guard verdict.findings.contains(where: { $0.rule == "pii" }) else { continue }
      let left = verdict.redactedText ?? ""
      #expect(!left.contains(secret), "seed \(seed): \(left.debugDescription)")
      for finding in verdict.findings {
        for told in [finding.text, finding.reason, finding.fix ?? ""] {
          #expect(!told.contains(secret), "seed \(seed): \(told.debugDescription)")
        }
      }
    }
  }
}
