package import Contracts
internal import Foundation
internal import RPC
package import SlipwayClient

/// A model of a few kilobytes from Tests/Golden and the people around it: for what needs no network.
package struct SmallModel: Sendable {
  package static let name = "mlp"

  private let suite: RunningSuite

  package init(on suite: RunningSuite) {
    self.suite = suite
  }

  /// Pushes another version.
  ///
  /// - Parameters:
  ///   - note: makes the version differ from others, as text of its card.
  ///   - weights: path of a further file.
  package func push(note: String, weights: String? = nil) async throws -> CommandResult {
    let card = suite.folder.home.appending(path: "card-\(UUID().uuidString).yaml")
    try Data(
      """
      name: mlp
      description: Two classes from 30 numbers. \(note)
      license: Apache-2.0
      owners: [the tests]
      intended_use: Tests.
      limitations: Knows nothing.
      training_data: None.

      """.utf8
    ).write(to: card)
    let model = suite.checkout.path(of: "Tests/Golden/models/mlp.onnx")
    return try await suite.slipway(
      ["model", "push", Self.name, model] + (weights.map { [$0] } ?? [])
        + ["--card", card.path, "--identity", People.pusher], as: People.pusher,
      within: .seconds(120))
  }

  package func approve(_ version: UInt32) async throws {
    for approver in People.approvers {
      try await suite.slipway(
        "approve", Self.name, "\(version)", "--identity", approver, as: approver
      ).succeeded()
    }
  }

  /// Makes people, pushes and approves version 1 and waits until its workers serve.
  package func serve(replicas: Int = 1) async throws {
    try await suite.makePeople()
    try await push(note: "The first one.").succeeded()
    try await approve(1)
    try await suite.slipway(
      "deploy", Self.name, "--version", "1", "--replicas", "\(replicas)", "--wait",
      as: People.pusher, within: .seconds(130)
    ).succeeded()
  }

  package func registered() async throws -> Registry.Model {
    try await suite.channel(as: People.pusher).call(
      Registry.API.getModel, Registry.GetModelRequest(name: Self.name))
  }

  /// Processes of the workers that hold a lease and run. The leases of dead ones last a while longer.
  package func liveWorkers() async throws -> [Int32] {
    let running = Set(suite.processes(of: "inference-worker"))
    return try await registered().leases.filter { $0.state == "serving" }
      .map { Int32(clamping: $0.processID) }.filter { running.contains($0) }
  }

  /// A call that version 1 and all its successors answer.
  package static let request = InferenceRequest(
    model: name, inputs: [Tensor("x", shape: [1, 30], Array(repeating: Float(0.5), count: 30))],
    timeout: .seconds(10))
}
