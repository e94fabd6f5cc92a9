internal import ArgumentParser
internal import ContentPolicy

struct PolicyDiff: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "What is other in one bundle than in another.")

  @OptionGroup var connection: ConnectionOptions
  @Argument(help: "Folder, or NAME, NAME@VERSION or digest with the governor.")
  var old: String
  @Argument(help: "The same.")
  var new: String

  func run() async throws {
    let context = try ToolContext.current()
    let old = try await PolicyFolder.bundle(old, connection)
    let new = try await PolicyFolder.bundle(new, connection)
    var changes = Self.changes(
      try PolicyFolder.compile(old).ruleNames.map { ($0.name, "\($0.kind) \($0.action.rawValue)") },
      try PolicyFolder.compile(new).ruleNames.map { ($0.name, "\($0.kind) \($0.action.rawValue)") },
      what: "rule")
    let files = Set((old + new).map(\.path)).sorted()
    for path in files {
      let before = old.first { $0.path == path }?.content
      let after = new.first { $0.path == path }?.content
      guard before != after else { continue }
      changes.append(
        ChangeView(
          what: "file", name: path, before: before.map { "\($0.count) bytes" } ?? "",
          after: after.map { "\($0.count) bytes" } ?? ""))
    }
    context.present(PresentableList(elements: changes), isJSON: connection.json)
  }

  private static func changes(
    _ old: [(String, String)], _ new: [(String, String)], what: String
  ) -> [ChangeView] {
    let before = Dictionary(old) { first, _ in first }
    let after = Dictionary(new) { first, _ in first }
    return Set(before.keys).union(after.keys).sorted().compactMap { name in
      guard before[name] != after[name] else { return nil }
      return ChangeView(
        what: what, name: name, before: before[name] ?? "", after: after[name] ?? "")
    }
  }
}

private struct ChangeView: PresentableRow {
  static let columns = ["WHAT", "NAME", "BEFORE", "AFTER"]
  var what: String
  var name: String
  var before: String
  var after: String
  var row: [String] { [what, name, before, after] }
}
