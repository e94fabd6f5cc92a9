internal import Contracts
internal import Foundation
internal import RPC
internal import Synchronization

/// From a package to a worker that serves it.
extension MainJob {
  func fetchModel() async throws -> [String] {
    let package = try await MagikaPackage.fetch(for: suite.checkout)
    findings.withLock { $0.package = package }
    let size = try package.model.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
    let source = package.isFresh ? "fetched with pip" : "kept from an earlier run"
    return [
      "magika \(MagikaPackage.version) (Google, Apache-2.0), \(source): "
        + "\(size.formatted(.byteCount(style: .file))) of ONNX, digest as pinned"
    ]
  }

  func pushModel() async throws -> [String] {
    try await suite.makePeople()
    let version = try await push(card: Self.card(limitations: "Files of fewer than 8 bytes."))
    try expect(version.number == 1, "the first push made version \(version.number)")
    let missing = try await suite.slipway(
      pushArguments(card: write("owners: [me]\n", as: "incomplete.yaml")), as: People.pusher
    ).refused()
    try expect(missing.contains("`name`"), "a card without a name was refused with: \(missing)")
    return [
      "version 1: \(version.files.map(\.path).sorted().joined(separator: ", ")); "
        + "signed by \(People.pusher), manifest \(hex(version.manifestDigest).prefix(12))",
      "a card without its fields: \(firstLine(missing))",
    ]
  }

  func refuseUnapproved() async throws -> [String] {
    let refusal = try await suite.slipway("deploy", Self.model, "--version", "1", as: People.pusher)
      .refused()
    try expect(refusal.contains("approv"), "the refusal does not say why: \(refusal)")
    let workers = try await registered().leases
    try expect(workers.isEmpty, "a worker serves a version that nobody approved")
    return [firstLine(refusal)]
  }

  func approve() async throws -> [String] {
    var lines: [String] = []
    let own = try await suite.slipway(
      "approve", Self.model, "1", "--identity", People.pusher, as: People.approvers[0])
    let refusal = try own.refused()
    lines.append("\(People.pusher), who pushed it: \(firstLine(refusal))")
    for (index, approver) in People.approvers.enumerated() {
      try await suite.slipway("approve", Self.model, "1", "--identity", approver, as: approver)
        .succeeded()
      let isLast = index == People.approvers.count - 1
      if !isLast {
        _ = try await suite.slipway("deploy", Self.model, "--version", "1", as: People.pusher)
          .refused()
      }
    }
    lines.append("\(People.approvers.joined(separator: " and ")) signed; one alone was not enough")
    return lines
  }

  func deploy() async throws -> [String] {
    let start = ContinuousClock.now
    try await suite.slipway(
      "deploy", Self.model, "--version", "1", "--wait", as: People.pusher, within: .seconds(130)
    ).succeeded()
    let time = ContinuousClock.now - start
    let workers = try await serving(1)
    try expect(workers.count == 1, "expected 1 worker, \(workers.count) serve")
    let worker = workers[0]
    return [
      "\(worker.workerID), process \(worker.processID), verified and warm after \(short(time))"
    ]
  }

  /// Pushes the package's model with this card.
  func push(card: String) async throws -> Registry.Version {
    let before = (try? await registered().versions.count) ?? 0
    try await suite.slipway(pushArguments(card: write(card, as: "card.yaml")), as: People.pusher)
      .succeeded()
    let versions = try await registered().versions
    guard versions.count == before + 1, let number = versions.map(\.number).max()
    else { throw StepFailure("a push made \(versions.count - before) versions") }
    return try await suite.channel(as: People.pusher).call(
      Registry.API.getVersion,
      Registry.GetVersionRequest(model: Self.model, version: "\(number)"))
  }

  static func card(limitations: String) -> String {
    """
    name: magika
    description: Tells the type of a file from its first and last bytes.
    license: Apache-2.0
    owners: [Google, magika-dev@google.com]
    intended_use: Sorting files by their content.
    limitations: \(limitations)
    training_data: About 100 million files of more than 200 types, gathered by its authors.

    """
  }

  private func pushArguments(card: String) throws(StepFailure) -> [String] {
    [
      "model", "push", Self.model, try package().model.path, "--card", card, "--identity",
      People.pusher, "--data", "as published", "--commit", "magika-\(MagikaPackage.version)",
    ]
  }

  private func write(_ text: String, as name: String) throws -> String {
    let file = suite.folder.home.appending(path: name)
    try Data(text.utf8).write(to: file)
    return file.path
  }

  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
