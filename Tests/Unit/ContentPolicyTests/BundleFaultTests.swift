import Testing

@testable import ContentPolicy

struct BundleFaultTests {
  private static func faults(
    _ policy: String, files: [String: String] = [:]
  ) -> [BundleFault] {
    do {
      _ = try Bundles.compile(policy, files: files)
      return []
    } catch PolicyError.refused(let faults) {
      return faults
    } catch {
      Issue.record(error)
      return []
    }
  }

  @Test(arguments: [
    ("policy: a\nversion: '1'\nrules:\n  - {name: x, kind: nonsense}\n", 4, "one of `terms`"),
    ("policy: a\nversion: '1'\nrules:\n  - name: x\n    kind: emoji\n    maxx: 1\n", 6, "`maxx`"),
    (
      "policy: a\nversion: '1'\nrules:\n  - name: x\n    kind: pattern\n    pattern: '('\n", 6,
      "pattern"
    ),
    (
      "policy: a\nversion: '1'\nrules:\n  - {name: x, kind: emoji}\n  - {name: x, kind: emoji}\n",
      5, "taken"
    ),
    ("policy: a\nversion: '1'\nrules:\n  - {name: x, kind: terms}\n", 4, "words"),
    ("policy: a\nversion: '1'\nrules:\n  - {name: x, kind: emoji, action: explode}\n", 4, "`hold`"),
    ("policy: a\nversion: '1'\nrules: [[1]]\n", 3, "mapping"),
    ("policy: a\nversion: '1'\nrules: []\n", 1, "one rule at least"),
    ("policy: a\npolicy: b\n", 1, "once"),
    ("a: [", 2, "YAML"),
    (
      "policy: a\nversion: '1'\nrules:\n  - {name: p, kind: personal-data, entities: [SHOE_SIZE]}\n",
      4, "SHOE_SIZE"
    ),
  ])
  func `a bad rule is refused with file, line and what was expected`(
    policy: String, line: Int, expected: String
  ) throws {
    let fault = try #require(Self.faults(policy).first)
    #expect(fault.file == "policy.yml")
    #expect(abs(fault.line - line) <= (line == 4 ? 0 : 1), "\(fault)")
    #expect(fault.expected.contains(expected), "\(fault)")
  }

  @Test(arguments: [
    ("extends: script\nmessage: m\n", 1, "`script`, which is not supported"),
    ("extends: sequence\nmessage: m\ntokens: []\n", 1, "`sequence`, which is not supported"),
    ("extends: existence\nmessage: m\ntokens:\n  - '('\n", 3, "pattern"),
    ("extends: existence\ntokens: [a]\n", 1, "`message`"),
    ("extends: substitution\nmessage: m\nswap:\n  ok: fine\n  (a)b: c\n", 5, "capture"),
    ("extends: existence\nmessage: m\ntokens: [a]\nscope: text.comment\n", 4, "scope"),
    ("extends: metric\nmessage: m\nformula: words +\ncondition: '> 1'\n", 3, "formula"),
    ("extends: spelling\nmessage: m\n", 1, "dictionary"),
    ("extends: existence\nmessage: m\ntokens: [a]\nwibble: 1\n", 4, "`wibble`"),
  ])
  func `a rule of Vale that can't be followed is refused, never ignored`(
    rule: String, line: Int, expected: String
  ) throws {
    let policy = "policy: a\nversion: '1'\nstyles: [{folder: styles/T}]\n"
    let fault = try #require(Self.faults(policy, files: ["styles/T/R.yml": rule]).first)
    #expect(fault.file == "styles/T/R.yml")
    #expect(abs(fault.line - line) <= 1, "\(fault)")
    #expect(fault.expected.contains(expected), "\(fault)")
  }

  @Test func `a digest is that of the files, whatever their order`() throws {
    let policy = "policy: a\nversion: '1'\nrules: [{name: e, kind: emoji}]\n"
    let one = try Bundles.compile(policy, files: ["b": "2", "a": "1"])
    let two = try Bundles.compile(policy, files: ["a": "1", "b": "2"])
    let other = try Bundles.compile(policy, files: ["a": "12", "b": ""])
    #expect(one.digest == two.digest && one.digest != other.digest)
    #expect(one.digest.hasPrefix("sha256:") && one.digest.utf8.count == 71)
  }

  @Test func `a file outside, a bundle without a policy and deep nesting are refused`() {
    #expect(!Self.faults("policy: a\nversion: '1'\n", files: ["../x": ""]).isEmpty)
    #expect(throws: PolicyError.self) { try PolicyBundle.compile([]) }
    #expect(!Self.faults(String(repeating: "[", count: 100_000)).isEmpty)
    #expect(!Self.faults(String(repeating: "- ", count: 100_000)).isEmpty)
    #expect(!Self.faults("policy: \u{0}").isEmpty)
  }

  @Test func `examples are held against the bundle`() throws {
    let bundle = try Bundles.compile(
      """
      policy: a
      version: '1'
      rules: [{name: t, kind: terms, words: [cure]}]
      examples:
        - {text: a cure, action: hold, rules: [t]}
        - {text: fine, action: block}
      """)
    let faults = bundle.examples.map { $0.fault(in: bundle.check($0.text)) }
    #expect(faults == [nil, "expected `block`, got `allow`"])
    #expect(bundle.examples.map(\.line) == [5, 6])
  }
}
