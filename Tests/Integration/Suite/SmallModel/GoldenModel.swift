internal import Foundation

/// A model of Tests/Golden/models with a card of its own.
package struct GoldenModel: Sendable {
  package let name: String
  private let suite: RunningSuite

  /// - Parameter name: of the file and of the model.
  package init(_ name: String, on suite: RunningSuite) {
    self.name = name
    self.suite = suite
  }

  /// Makes people, pushes for ONNX Runtime, approves and deploys it, and waits until its workers serve.
  package func serve(replicas: Int = 1) async throws {
    try await suite.makePeople()
    let card = suite.folder.home.appending(path: "card-\(name).yaml")
    try Data(
      """
      name: \(name)
      description: For tests.
      license: Apache-2.0
      owners: [the tests]
      intended_use: Tests.
      limitations: Tests only.
      training_data: None.
      engine: onnxruntime

      """.utf8
    ).write(to: card)
    let model = suite.checkout.path(of: "Tests/Golden/models/\(name).onnx")
    try await suite.slipway(
      ["model", "push", name, model, "--card", card.path, "--identity", People.pusher],
      as: People.pusher, within: .seconds(120)
    ).succeeded()
    for approver in People.approvers {
      try await suite.slipway("approve", name, "1", "--identity", approver, as: approver)
        .succeeded()
    }
    try await suite.slipway(
      "deploy", name, "--version", "1", "--replicas", "\(replicas)", "--wait",
      as: People.pusher, within: .seconds(130)
    ).succeeded()
  }
}
