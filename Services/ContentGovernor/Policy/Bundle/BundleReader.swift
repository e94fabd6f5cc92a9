internal import Matching

/// Reads a bundle: `policy.yml`, and the Vale styles and dictionaries beside it.
struct BundleReader {
  static let manifest = "policy.yml"
  private static let nameBytesMax = 128

  let files: [String: BundleFile]
  let faults = FaultList()
  private var rules: [CompiledRule] = []

  private init(_ files: [BundleFile]) {
    self.files = Dictionary(files.map { ($0.path, $0) }) { first, _ in first }
  }

  /// - Throws: ``PolicyError/refused(_:)`` with everything that is wrong.
  static func read(_ files: [BundleFile]) throws(PolicyError) -> PolicyBundle {
    var reader = BundleReader(files)
    reader.checkSizes(files)
    var bundle: PolicyBundle?
    if reader.faults.faults.isEmpty { bundle = reader.bundle(files) }
    guard let bundle, reader.faults.faults.isEmpty else {
      throw .refused(reader.faults.faults)
    }
    return bundle
  }

  private func checkSizes(_ files: [BundleFile]) {
    let byteCount = files.reduce(0) { $0 + $1.content.count }
    if files.count > PolicyLimits.bundleFileCountMax || byteCount > PolicyLimits.bundleBytesMax {
      faults.add(
        Self.manifest, 0,
        "at most \(PolicyLimits.bundleFileCountMax) files and \(PolicyLimits.bundleBytesMax) bytes")
    }
    if self.files.count != files.count { faults.add(Self.manifest, 0, "each file once") }
    if self.files[Self.manifest] == nil {
      faults.add(Self.manifest, 0, "a file of this name in the bundle")
    }
    for file in files {
      let parts = file.path.split(separator: "/", omittingEmptySubsequences: false)
      if file.path.utf8.count > 512 || parts.contains(where: { ["", ".", ".."].contains($0) }) {
        faults.add(String(file.path.prefix(64)), 0, "a path inside the bundle")
      }
    }
  }

  private mutating func bundle(_ files: [BundleFile]) -> PolicyBundle? {
    guard let manifest = files.first(where: { $0.path == Self.manifest }),
      let root = BundleNode(manifest, expected: "a policy", faults: faults)
    else { return nil }
    root.refuseOthers(than: ["policy", "version", "description", "rules", "styles", "examples"])
    let name = root.required("policy") ?? ""
    let version = root.required("version") ?? ""
    for (key, value) in [("policy", name), ("version", version)] where !Self.isName(value) {
      root.refuse(key, "1 to \(Self.nameBytesMax) letters, digits, `.`, `_` and `-`")
    }
    for node in root.nodes("rules", expected: "a rule") { read(rule: node) }
    for node in root.nodes("styles", expected: "a folder of Vale's rules") {
      rules += ValeReader(files: self.files, faults: faults).rules(of: node)
    }
    if rules.isEmpty, faults.faults.isEmpty {
      faults.add(Self.manifest, root.line, "one rule at least, in `rules` or `styles`")
    }
    if rules.count > PolicyLimits.ruleCountMax {
      faults.add(Self.manifest, root.line, "at most \(PolicyLimits.ruleCountMax) rules")
    }
    let examples = root.nodes("examples", expected: "an example").compactMap(example)
    guard faults.faults.isEmpty else { return nil }
    return PolicyBundle(
      name: name, version: version, digest: BundleDigest.digest(of: files), examples: examples,
      rules: rules)
  }

  private mutating func read(rule node: BundleNode) {
    guard let name = node.required("name"), let kind = node.required("kind") else { return }
    guard Self.isName(name) else {
      return node.refuse("name", "1 to \(Self.nameBytesMax) letters, digits, `.`, `_` and `-`")
    }
    guard !rules.contains(where: { $0.name == name }), !name.hasPrefix("content.") else {
      return node.refuse("name", "another name: this one is taken")
    }
    guard let reading = RuleKind(rawValue: kind) else {
      return node.refuse(
        "kind", "one of \(RuleKind.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "))")
    }
    node.refuseOthers(
      than: ["name", "kind", "action", "reason", "channels", "locales"] + reading.fields)
    let body: (any RuleBody)?
    do throws(PatternError) {
      body = try reading.body(of: node)
    } catch {
      faults.add(
        node.file, node.line, "a pattern that can be read: \(error.fault) at byte \(error.offset)")
      body = nil
    }
    guard let body else { return }
    rules.append(
      CompiledRule(
        name: name, kind: kind, action: node.choice("action", reading.usualAction),
        reason: node.string("reason") ?? reading.usualReason,
        channels: Set(node.strings("channels")), locales: node.strings("locales"), body: body))
  }

  private func example(_ node: BundleNode) -> BundleExample? {
    node.refuseOthers(
      than: ["text", "format", "channel", "locale", "action", "rules", "redacted"])
    guard let text = node.required("text") else { return nil }
    guard node.has("action") else {
      node.refuse("text", "the `action` that is expected beside it")
      return nil
    }
    return BundleExample(
      file: node.file, line: node.line, text: text,
      context: CheckContext(
        node.choice("format", .plain), channel: node.string("channel") ?? "",
        locale: node.string("locale") ?? ""),
      action: node.choice("action", .allow), rules: node.strings("rules"),
      redacted: node.string("redacted"))
  }

  static func isName(_ name: String) -> Bool {
    (1...nameBytesMax).contains(name.utf8.count)
      && name.unicodeScalars.allSatisfy { scalar in
        scalar.value < 0x80
          && (PhrasePattern.isWord(scalar) || [".", "_", "-"].contains(scalar))
      }
  }
}

extension PolicyBundle {
  /// Compiles a bundle.
  ///
  /// - Throws: ``PolicyError/refused(_:)`` with each fault's file and line.
  package static func compile(_ files: [BundleFile]) throws(PolicyError) -> PolicyBundle {
    try BundleReader.read(files)
  }
}
