import Base
import Foundation
import IntegrationSuite
import Testing

extension IntegrationTests {
  /// Services that a person starts, without `slipway up`.
  @Suite(.serialized, .timeLimit(.minutes(10))) struct ByHandTests {
    private static let keepers = ["registry", "gateway", "monitor", "content-governor"]

    @Test(arguments: keepers + ["inference-worker"])
    func `a service explains itself, and refuses arguments that it does not know`(
      service: String
    ) async throws {
      let folder = try SuiteFolder()
      defer { folder.remove() }
      let checkout = try Checkout()
      let variables = ["SLIPWAY_STATE": folder.state.path]
      let help = try await RunningSuite.executable(
        service, "--help", variables: variables, in: checkout
      ).succeeded()
      #expect(help.hasPrefix("\(service): ") && help.contains("SLIPWAY_STATE"), "\(help)")
      let version = try await RunningSuite.executable(
        service, "--version", variables: variables, in: checkout
      ).succeeded()
      #expect(version.hasPrefix("\(service) "))
      let refusal = try await RunningSuite.executable(
        service, "--nonsense", variables: variables, in: checkout)
      #expect(refusal.status == ServiceExitStatus.settings.rawValue)
      #expect(refusal.errors.contains("`--nonsense`"), "\(refusal.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.state.appending(path: service).path))
    }

    @Test func `a second process on a service's folder is refused until the first one is killed`()
      async throws
    {
      try await withFreshSuite { suite in
        try await suite.makePeople()
        var variables = [
          "SLIPWAY_STATE": suite.folder.state.path, "SLIPWAY_LISTEN": "127.0.0.1:0",
          "SLIPWAY_OPS_LISTEN": "127.0.0.1:0",
        ]
        for role in ["registry", "monitor", "content-governor"] {
          let name = "SLIPWAY_" + role.uppercased().replacing("-", with: "_")
          variables[name] = suite.endpoints[role]
        }
        for service in Self.keepers {
          let first = try #require(suite.processes(of: service).first)
          let second = try await RunningSuite.executable(
            service, variables: variables, in: suite.checkout)
          #expect(second.status == ServiceExitStatus.failed.rawValue, "\(service)")
          #expect(
            second.errors.contains("another \(service), process \(first)"), "\(second.errors)")
          #expect(suite.processes(of: service) == [first])
          try suite.killNow(first)
          try await suite.waitForRestart(of: service, after: first)
        }
      }
    }
  }
}
