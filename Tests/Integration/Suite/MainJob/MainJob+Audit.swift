internal import Foundation

/// What the auditor does: takes the whole log away and believes nobody.
extension MainJob {
  private static let auditor = "vera"

  func audit() async throws -> [String] {
    try await suite.makeKey(of: Self.auditor, roles: ["auditor"])
    let home = suite.folder.home
    let (export, kept) = (home.appending(path: "log"), home.appending(path: "checkpoint"))
    // Everything that happened is in the log once the outboxes are empty.
    let kinds = try await eventually("the scaling of the last step to be in the log") {
      let text = try await audit("query", "--model", Self.model, "--format", "csv", "--all")
        .succeeded()
      return text.contains("deployment.scale") ? text : nil
    }
    try await audit("checkpoint", "--keep", kept.path).succeeded()
    try await audit("export", export.path).succeeded()
    let verdict = try await verify(export, kept: kept).succeeded()
    try expect(verdict.contains("holds"), "the verdict is: \(verdict)")
    let changed = try flip(in: export)
    let found = try await verify(export, kept: kept).refused()
    try expect(found.contains("entry \(changed.entry) "), "expected the entry, it said: \(found)")
    let fields = verdict.split(separator: "\n").last?.split(separator: "\t") ?? []
    let count = kinds.split(separator: "\r\n").count - 1
    return [
      "\(fields.dropFirst().first ?? "?") entries exported and verified offline, "
        + "against a checkpoint that \(Self.auditor) kept",
      "\(count) of them about \(Self.model): pushes, approvals, deployments, workers",
      "byte \(changed.byte) of \(changed.file) flipped: "
        + String(found.split(separator: "\n").first?.prefix(120) ?? ""),
    ]
  }

  private func audit(_ arguments: String...) async throws -> CommandResult {
    try await suite.slipway(["audit"] + arguments, as: Self.auditor)
  }

  private func verify(_ export: URL, kept: URL) async throws -> CommandResult {
    try await suite.slipway(
      "audit", "verify", export.path, "--checkpoint", kept.path, "--log-key", "@\(kept.path).vkey")
  }

  /// Flips one bit in the first entry of the log.
  private func flip(in export: URL) throws -> (file: String, byte: Int, entry: Int) {
    let byte = 100
    let folder = export.appending(path: "tile/entries")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    var file = folder.appending(path: names.first ?? "")
    if file.pathExtension == "p" {
      let widths = try FileManager.default.contentsOfDirectory(atPath: file.path)
      file.append(path: widths.first ?? "")
    }
    var content = try Data(contentsOf: file)
    try expect(content.count > byte, "`\(file.path)` has \(content.count) bytes only")
    content[byte] ^= 1
    try content.write(to: file)
    return (String(file.path.dropFirst(export.path.count + 1)), byte, 0)
  }
}
