internal import Matching

/// Reads a style: a folder of rule files as Vale has them.
struct ValeReader {
  let files: [String: BundleFile]
  let faults: FaultList

  /// What a style's entry in the bundle says of all its rules.
  struct Setting {
    let folder: String
    let accepted: [String]
    let aff: String?
    let dic: String?
  }

  /// The rules of one entry of `styles`.
  func rules(of node: BundleNode) -> [CompiledRule] {
    node.refuseOthers(
      than: ["folder", "levels", "only", "accept", "dictionary", "channels", "locales"])
    guard let folder = node.required("folder") else { return [] }
    let paths = files.keys.filter {
      $0.hasPrefix(folder + "/") && ($0.hasSuffix(".yml") || $0.hasSuffix(".yaml"))
        && !$0.hasSuffix("/meta.json") && !$0.hasSuffix("/.vale.ini")
    }.sorted()
    guard !paths.isEmpty else {
      node.refuse("folder", "a folder of the bundle with rules (`.yml`)")
      return []
    }
    let levels = levels(of: node)
    let dictionary = node.string("dictionary")
    let setting = Setting(
      folder: folder, accepted: node.strings("accept"), aff: dictionary.map { $0 + ".aff" },
      dic: dictionary.map { $0 + ".dic" })
    let only = Set(node.strings("only"))
    return paths.compactMap { path in
      let parts = path.split(separator: "/")
      let style = parts[parts.count - 2]
      let name = "\(style).\(parts[parts.count - 1].prefix { $0 != "." })"
      guard only.isEmpty || only.contains(name), let file = files[path],
        let rule = BundleNode(file, expected: "a rule of Vale", faults: faults)
      else { return nil }
      return self.rule(rule, name: name, setting, levels, node)
    }
  }

  private func levels(of node: BundleNode) -> [String: VerdictAction] {
    var levels: [String: VerdictAction] = [
      "error": .hold, "warning": .allow, "suggestion": .allow,
    ]
    for (level, action, line) in node.pairs("levels") {
      guard levels[level] != nil, let action = VerdictAction(rawValue: action) else {
        faults.add(
          node.file, line,
          "`error`, `warning` or `suggestion` with `allow`, `redact`, `hold` or `block`")
        continue
      }
      levels[level] = action
    }
    return levels
  }

  private func rule(
    _ node: BundleNode, name: String, _ setting: Setting, _ levels: [String: VerdictAction],
    _ style: BundleNode
  ) -> CompiledRule? {
    guard let extends = node.required("extends") else { return nil }
    guard let kind = ValeKind(rawValue: extends) else {
      let known = ValeKind.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
      let isVales = ["script", "sequence"].contains(extends)
      node.refuse(
        "extends",
        "one of \(known), got `\(extends.prefix(64))`"
          + (isVales ? ", which is not supported," : ""))
      return nil
    }
    node.refuseOthers(than: ValeKind.everyField + kind.fields)
    guard let message = node.required("message") else { return nil }
    let level = node.string("level") ?? "warning"
    guard let action = levels[level] else {
      node.refuse("level", "`error`, `warning` or `suggestion`")
      return nil
    }
    guard let scope = ScopeSelector(node.has("scope") ? node.strings("scope") : ["text"]) else {
      node.refuse("scope", "a scope of text, Markdown or HTML")
      return nil
    }
    for unsupported in ["pos", "in", "code"]
    where node.has(unsupported) && !["", "false"].contains(node.string(unsupported) ?? "") {
      node.refuse(unsupported, "nothing, which is not supported,")
    }
    var maker = ValeMaker(
      node: node, files: files, setting: setting, message: message, scope: scope)
    let body: (any RuleBody)?
    do throws(PatternError) {
      body = try maker.body(kind)
    } catch {
      node.refuse(
        maker.field, "a pattern that can be read (\(error.fault) at byte \(error.offset))")
      body = nil
    }
    guard let body = body as? any BlockRule else { return nil }
    return CompiledRule(
      name: name, kind: extends, action: action, reason: message,
      channels: Set(style.strings("channels")), locales: style.strings("locales"),
      body: body, findingsMax: node.int("limit").flatMap { $0 > 0 ? $0 : nil })
  }
}
