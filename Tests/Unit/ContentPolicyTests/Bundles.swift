@testable import ContentPolicy

/// Bundles for tests.
enum Bundles {
  static func compile(
    _ policy: String, files: [String: String] = [:]
  ) throws -> PolicyBundle {
    try PolicyBundle.compile(
      [BundleFile(path: "policy.yml", content: Array(policy.utf8))]
        + files.map { BundleFile(path: $0.key, content: Array($0.value.utf8)) })
  }

  /// A bundle of these rules, indented as they stand in `rules`.
  static func rules(_ rules: String) throws -> PolicyBundle {
    try compile("policy: test\nversion: '1'\nrules:\n" + rules)
  }

  /// One rule of Vale.
  static func vale(_ rule: String, levels: String = "error: block") throws -> PolicyBundle {
    try compile(
      "policy: test\nversion: '1'\nstyles:\n  - folder: styles/Test\n    levels: {\(levels)}\n",
      files: ["styles/Test/Rule.yml": rule])
  }
}

extension PolicyBundle {
  func check(_ text: String, _ format: ContentFormat = .plain, channel: String = "") -> Verdict {
    check(Array(text.utf8), in: CheckContext(format, channel: channel))
  }
}

extension Verdict {
  var texts: [String] { findings.map(\.text) }
  var redactedText: String? { redacted.map { String(decoding: $0, as: UTF8.self) } }
}
