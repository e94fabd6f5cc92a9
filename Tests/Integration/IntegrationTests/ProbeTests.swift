import Contracts
import Foundation
import IntegrationSuite
import RPC
import Testing

extension IntegrationTests {
  /// A push probes the model in every engine of the machine, and the record stands in the registry.
  @Suite(.serialized, .timeLimit(.minutes(10))) struct ProbeTests {
    static let hasOpenVINO: Bool = {
      guard let checkout = try? Checkout() else { return false }
      let prefix =
        ProcessInfo.processInfo.environment["SLIPWAY_PREFIX"] ?? checkout.path(of: ".build-deps")
      return FileManager.default.fileExists(atPath: "\(prefix)/lib/openvino")
    }()

    @Test func `the record of a push is shown, and a repeated push is the same version`()
      async throws
    {
      try await withFreshSuite { suite in
        try await suite.makePeople()
        let model = SmallModel(on: suite)
        try await model.push(note: "One.").succeeded()
        try await model.push(note: "One.").succeeded()
        #expect(try await model.registered().versions.map(\.number) == [1])
        let shown = try await suite.slipway(
          "model", "show", SmallModel.name, "1", as: People.pusher
        ).succeeded()
        print(shown)
        for text in ["onnxruntime 1.28.0 fp32", "batch 1\t", "batch 4\t", "batch 16\t", "agrees"] {
          #expect(shown.contains(text), "\(text)")
        }
        if Self.hasOpenVINO {
          #expect(shown.contains("openvino 2026.4.1 fp32"))
          #expect(shown.contains("of the tolerance"))
        }
        let version = try await suite.channel(as: People.pusher).call(
          Registry.API.getVersion,
          Registry.GetVersionRequest(model: SmallModel.name, version: "1"))
        #expect(version.files.map(\.path).contains("probe.json"))
        #expect(!version.probe.isEmpty)
      }
    }

    @Test(.enabled(if: hasOpenVINO, "needs OpenVINO: run scripts/bootstrap"))
    func `a version on which engines disagree is blocked, unless its card names one of them`()
      async throws
    {
      try await withFreshSuite { suite in
        try await suite.makePeople()
        let examples = "examples: [{x: [0, 2, -3, -2.5, 1.34, 0.5]}]"
        let refusal = try await push(examples, on: suite).refused()
        print(refusal)
        #expect(
          refusal.contains("the engines disagree: openvino's output `y_scale` differs by 1.0"))
        await #expect(throws: (any Error).self) {
          _ = try await suite.channel(as: People.pusher).call(
            Registry.API.getModel, Registry.GetModelRequest(name: "quantized"))
        }
        try await push(examples + "\nengine: onnxruntime", on: suite).succeeded()
      }
    }

    @Test func `examples that the model can't take are refused before anything is sent`()
      async throws
    {
      try await withFreshSuite { suite in
        try await suite.makePeople()
        let refusal = try await push("examples: [{y: [0]}]", on: suite).refused()
        #expect(refusal.contains("example 1 has no value for input `x`"), "\(refusal)")
      }
    }

    private func push(_ further: String, on suite: RunningSuite) async throws -> CommandResult {
      let card = suite.folder.home.appending(path: "card-\(UUID().uuidString).yaml")
      try Data(
        """
        name: quantized
        description: Rounds.
        license: Apache-2.0
        owners: [the tests]
        intended_use: Tests.
        limitations: Knows nothing.
        training_data: None.
        \(further)

        """.utf8
      ).write(to: card)
      return try await suite.slipway(
        [
          "model", "push", "quantized",
          suite.checkout.path(of: "Tests/Golden/models/quantized.onnx"), "--card", card.path,
          "--identity", People.pusher,
        ], as: People.pusher, within: .seconds(120))
    }
  }
}
