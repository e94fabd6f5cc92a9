import Contracts
import Foundation
import IntegrationSuite
import SlipwayClient
import Testing

extension IntegrationTests {
  /// A stolen registry: whatever its disk says, a worker loads only what was signed and approved.
  @Suite(.serialized, .timeLimit(.minutes(10))) struct TamperTests {
    struct Theft: Sendable, CustomTestStringConvertible {
      /// What tamper.py is to do.
      var name: String
      /// Which version must never serve.
      var version: UInt32
      /// What the worker says of it.
      var reason: String

      var testDescription: String { name }
    }

    static let thefts = [
      Theft(
        name: "artifact", version: 1, reason: "was altered on the registry's disk and is not served"
      ),
      Theft(name: "digests", version: 1, reason: "as it was signed"),
      Theft(name: "manifest", version: 1, reason: "is for the manifest"),
      Theft(name: "approvals", version: 2, reason: "is for version `1`"),
      Theft(name: "forgery", version: 2, reason: "has a signature that is not by the key of"),
    ]

    @Test(arguments: thefts) func `what nobody signed never reaches the engine`(
      theft: Theft
    ) async throws {
      let folder = try SuiteFolder()
      defer { folder.remove() }
      let checkout = try Checkout()
      try await RunningSuite.withSuite(in: folder, from: checkout) { suite in
        try await SmallModel(on: suite).serve()
        try await SmallModel(on: suite).push(note: "Nobody approves it.").succeeded()
      }
      try await RunningSuite.python(
        "Tests/Integration/tamper.py",
        [folder.state.appending(path: "registry").path] + [theft.name], in: checkout
      ).succeeded()
      // What workers kept is good still: the thief's bytes have to come over the wire.
      try FileManager.default.removeItem(at: folder.state.appending(path: "cache"))
      try FileManager.default.removeItem(at: folder.state.appending(path: "logs"))
      try await RunningSuite.withSuite(in: folder, from: checkout) { suite in
        _ = try await eventually("a worker to say: \(theft.reason)", within: .seconds(30)) {
          suite.logs().contains(theft.reason) ? true : nil
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
