import Contracts
import Foundation
import IntegrationSuite
import SlipwayClient
import Testing

extension IntegrationTests {
  /// A stolen registry: whatever its disk says, a worker loads only what was signed and approved.
  @Suite(.serialized, .timeLimit(.minutes(10))) struct TamperTests {
    struct Theft: Sendable, CustomTestStringConvertible {
      var testDescription: String
      var arguments: [String]
      /// Which version must never serve.
      var version: UInt32
      /// One of these stands in a log as the reason.
      var reasons: [String]
    }

    static let thefts = [
      Theft(
        testDescription: "a tampered artifact", arguments: ["artifact", "mlp.onnx"], version: 1,
        reasons: ["as it was signed", "does not match", "digest", "damaged"]),
      Theft(
        testDescription: "another version's manifest in a row", arguments: ["manifest"],
        version: 1, reasons: ["may not be loaded", "evidence", "manifest"]),
      Theft(
        testDescription: "approvals of another version", arguments: ["approvals"], version: 2,
        reasons: ["may not be loaded", "approv"]),
    ]

    @Test(arguments: thefts) func `what nobody signed never reaches the engine`(
      theft: Theft
    ) async throws {
      let folder = try SuiteFolder()
      defer { folder.remove() }
      let checkout = try Checkout()
      try await IntegrationSuite.Suite.withSuite(in: folder, from: checkout) { suite in
        try await SmallModel(on: suite).serve()
        try await SmallModel(on: suite).push(note: "Nobody approves it.").succeeded()
      }
      try await IntegrationSuite.Suite.python(
        "Tests/Integration/tamper.py",
        [folder.state.appending(path: "registry").path] + theft.arguments, in: checkout
      ).succeeded()
      // What workers kept is good still: the thief's bytes have to come over the wire.
      try FileManager.default.removeItem(at: folder.state.appending(path: "cache"))
      try FileManager.default.removeItem(at: folder.state.appending(path: "logs"))
      try await IntegrationSuite.Suite.withSuite(in: folder, from: checkout) { suite in
        _ = try await eventually("a worker to say why it does not load", within: .seconds(40)) {
          let logs = suite.logs()
          return theft.reasons.contains { logs.contains($0) } ? true : nil
        }
        let leases = try await SmallModel(on: suite).registered().leases
        #expect(!leases.contains { $0.version == theft.version && $0.state == "serving" })
        await #expect(throws: (any Error).self) {
          _ = try await suite.client(as: People.pusher).infer(SmallModel.request)
        }
      }
    }
  }
}
