internal import Foundation
package import SlipwayClient

/// A small encoder from Tests/Golden whose calls have lengths of their own and may be padded: for what is
/// about batches.
package struct EncoderModel: Sendable {
  package static let name = "encoder"
  /// Tokens from here on are none that it knows: a run with one fails.
  package static let words: Int64 = 50

  private let suite: RunningSuite

  package init(on suite: RunningSuite) {
    self.suite = suite
  }

  /// Pushes, approves and deploys it and waits until its worker serves. People are there already.
  ///
  /// - Parameter serving: lines of the card's section of that name.
  package func serve(_ serving: [String]) async throws {
    let card = suite.folder.home.appending(path: "card-\(Self.name).yaml")
    let lines =
      [
        "name: encoder", "description: Two layers of attention.", "license: Apache-2.0",
        "owners: [the tests]", "intended_use: Tests.", "limitations: Knows nothing.",
        "training_data: None.", "serving:",
      ] + serving.map { "  " + $0 }
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: card)
    let model = suite.checkout.path(of: "Tests/Golden/models/encoder.onnx")
    try await suite.slipway(
      [
        "model", "push", Self.name, model, "--card", card.path, "--identity", People.pusher,
      ], as: People.pusher, within: .seconds(120)
    ).succeeded()
    for approver in People.approvers {
      try await suite.slipway(
        "approve", Self.name, "1", "--identity", approver, as: approver
      ).succeeded()
    }
    try await suite.slipway(
      "deploy", Self.name, "--version", "1", "--replicas", "1", "--wait", as: People.pusher,
      within: .seconds(130)
    ).succeeded()
  }

  /// A call for the embedding of some tokens.
  package static func request(
    _ tokens: [Int64], timeout: Duration = .seconds(60)
  ) -> InferenceRequest {
    InferenceRequest(
      model: name,
      inputs: [
        Tensor("tokens", shape: [1, tokens.count], tokens),
        Tensor("mask", shape: [1, tokens.count], [Int64](repeating: 1, count: tokens.count)),
      ],
      outputs: ["embedding"], timeout: timeout)
  }
}
