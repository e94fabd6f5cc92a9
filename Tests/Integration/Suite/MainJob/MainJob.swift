internal import Contracts
internal import RPC
internal import SlipwayClient
internal import Synchronization

/// The whole life of a real model on a running suite, step by step: each leans on those before it.
package final class MainJob: Sendable {
  static let model = "magika"
  static let input = "bytes"
  static let output = "target_label"

  /// What earlier steps found.
  struct Findings {
    var package: MagikaPackage?
    var sample: [InferenceRequest] = []
  }

  package static let steps: [Step] = [
    Step("fetch a real ONNX model") { try await $0.fetchModel() },
    Step("push it with its card") { try await $0.pushModel() },
    Step("refuse to deploy what nobody approved") { try await $0.refuseUnapproved() },
    Step("two approvers sign") { try await $0.approve() },
    Step("a worker loads it") { try await $0.deploy() },
    Step("classify this repository through the gateway") { try await $0.classify() },
    Step("refuse a wrong key and a wrong shape") { try await $0.refuseWrongCalls() },
    Step("push version 2: canary, promote, roll back, under load") { try await $0.rollOut() },
    Step("scale to 3 workers and kill one, under load") { try await $0.killWorker() },
    Step("show usage, versions, workers, latency") { try await $0.show() },
    Step("verify the log offline, and find one flipped byte") { try await $0.audit() },
  ]

  package let suite: RunningSuite
  let findings = Mutex(Findings())

  package init(on suite: RunningSuite) {
    self.suite = suite
  }

  /// The program that asks the model.
  func client() throws -> GatewayClient {
    try suite.client(as: People.client)
  }

  func package() throws(StepFailure) -> MagikaPackage {
    guard let package = findings.withLock({ $0.package }) else {
      throw StepFailure("there is no model yet: an earlier step did not hold")
    }
    return package
  }

  func registered() async throws -> Registry.Model {
    try await suite.channel(as: People.pusher).call(
      Registry.API.getModel, Registry.GetModelRequest(name: Self.model))
  }

  /// The workers of a version that take calls.
  func serving(_ version: UInt32) async throws -> [Registry.Lease] {
    try await registered().leases.filter { $0.version == version && $0.state == "serving" }
  }
}
