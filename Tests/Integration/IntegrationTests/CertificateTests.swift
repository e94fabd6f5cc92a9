import Contracts
import Foundation
import IntegrationSuite
import SlipwayClient
import Testing

extension IntegrationTests {
  /// Certificates of one's own: made by the tool, used by every process.
  @Suite(.serialized, .timeLimit(.minutes(10))) struct CertificateTests {
    private static let roles = [
      "gateway", "registry", "inference-worker", "monitor", "content-governor", "supervisor",
    ]

    /// Runs `body` with a folder that the tool has just filled with certificates.
    private func withCertificates(
      _ body: (SuiteFolder, Checkout, String) async throws -> Void
    ) async throws {
      let folder = try SuiteFolder()
      defer { folder.remove() }
      let checkout = try Checkout()
      let certificates = folder.home.appending(path: "certs").path
      let output = try await RunningSuite.executable(
        "slipway", "certs", "init", certificates, variables: [:], in: checkout
      ).succeeded()
      for name in ["authority"] + Self.roles {
        #expect(output.contains("\(certificates)/\(name).pem"), "\(output)")
      }
      try await body(folder, checkout, certificates)
    }

    private func contents(_ folder: String) throws -> [String: Data] {
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      return Dictionary(
        uniqueKeysWithValues: names.map {
          ($0, FileManager.default.contents(atPath: "\(folder)/\($0)") ?? Data())
        })
    }

    @Test func `certificates are closed to others and never overwritten`() async throws {
      try await withCertificates { _, checkout, certificates in
        let first = try contents(certificates)
        #expect(first.count == 2 * (Self.roles.count + 1))
        for file in [certificates] + first.keys.map({ "\(certificates)/\($0)" }) {
          let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions]
          #expect(mode as? Int == (file == certificates ? 0o700 : 0o600), "\(file)")
        }
        let again = try await RunningSuite.executable(
          "slipway", "certs", "init", certificates, variables: [:], in: checkout)
        #expect(again.status == 3)
        #expect(again.errors.contains("`\(certificates)` exists already"), "\(again.errors)")
        #expect(try contents(certificates) == first)
      }
    }

    @Test func `a whole suite speaks TLS 1.3 and nothing else`() async throws {
      try await withCertificates { folder, checkout, certificates in
        try await RunningSuite.withSuite(
          in: folder, from: checkout, variables: ["SLIPWAY_CERTS": certificates]
        ) { suite in
          do {
            try await SmallModel(on: suite).serve()
            let answer = try await suite.client(as: People.pusher).infer(SmallModel.request)
            #expect(!answer.outputs.isEmpty)
            try await expectTLS(of: suite, certificates)
            try await expectHints(of: suite)
            try await expectWorkerElsewhere(of: suite, certificates)
          } catch {
            throw StepFailure("\(error)\n\(suite.logTails())")
          }
        }
      }
    }

    /// Every port of every process, as other people's TLS sees it.
    private func expectTLS(of suite: RunningSuite, _ certificates: String) async throws {
      let workers = try await SmallModel(on: suite).registered().leases.map(\.endpoint)
      #expect(workers.count == 1)
      let services = suite.endpoints.filter { !$0.key.hasSuffix("-ops") }.map(\.value)
      for address in services + workers {
        for (name, version) in [("localhost", "1.3"), ("127.0.0.1", "1.3"), ("localhost", "1.2")] {
          let result = try await RunningSuite.python(
            "Tests/Integration/tls_peer.py",
            [address, name, "\(certificates)/authority.pem", version], in: suite.checkout)
          if version == "1.3" {
            #expect(try result.succeeded() == "TLSv1.3\n", "\(address) as \(name)")
          } else {
            #expect(try result.refused().contains("alert protocol version"), "\(address)")
          }
        }
      }
    }

    /// What a person sees who does, and does not, say where the authority is.
    private func expectHints(of suite: RunningSuite) async throws {
      let state = suite.folder.state.path
      // The state directory knows.
      try await RunningSuite.executable(
        "slipway", "status", "--state", state, variables: ["SLIPWAY_CERTS": ""],
        in: suite.checkout
      ).succeeded()
      let gateway = suite.endpoints["gateway"] ?? ""
      let arguments = ["SLIPWAY_CERTS": "", "SLIPWAY_GATEWAY": gateway]
      let without = try await RunningSuite.executable(
        "slipway", "status", "--key", suite.adminKey, variables: arguments, in: suite.checkout)
      #expect(without.status == 3)
      #expect(without.errors.contains("`\(gateway)` speaks TLS only"), "\(without.errors)")
      let wrong = suite.folder.home.appending(path: "other").path
      try await suite.slipway("certs", "init", wrong).succeeded()
      let refused = try await RunningSuite.executable(
        "slipway", "status", "--key", suite.adminKey, "--certs", wrong, variables: arguments,
        in: suite.checkout)
      #expect(refused.status == 3)
      #expect(refused.errors.contains("is not signed by the authority in"), "\(refused.errors)")
    }

    /// A worker with nothing but certificates, a trust file and names in common with the suite, as on
    /// another machine, answers while the suite's own worker is away.
    private func expectWorkerElsewhere(of suite: RunningSuite, _ certificates: String) async throws
    {
      let port = suite.endpoints["registry"]?.split(separator: ":").last ?? ""
      let variables = [
        "SLIPWAY_STATE": suite.folder.root.appending(path: "elsewhere").path,
        "SLIPWAY_TRUST_FILE": suite.folder.state.appending(path: "trust.json").path,
        "SLIPWAY_CERTS": certificates, "SLIPWAY_REGISTRY": "localhost:\(port)",
        "SLIPWAY_ADVERTISE": "localhost", "SLIPWAY_WORKER_ID": "elsewhere",
        "SLIPWAY_MODEL": SmallModel.name, "SLIPWAY_VERSION": "1",
      ]
      try await RunningSuite.withExecutable(
        "inference-worker", variables: variables, in: suite.checkout
      ) {
        let lease = try await eventually("the lease of a worker elsewhere") {
          try await SmallModel(on: suite).registered().leases.first {
            $0.workerID == "elsewhere" && $0.state == "serving"
          }
        }
        #expect(lease.endpoint.hasPrefix("localhost:"))
        let (_, report) = try await Load.during(
          [SmallModel.request], on: suite.client(as: People.pusher), inFlight: 2
        ) { load in
          try await load.more(50)
          let own = try #require(suite.processes(of: "inference-worker").first)
          try suite.killNow(own)
          try await load.more(50)
        }
        try report.expectNoFailure()
      }
    }

    @Test func `a service that can't be what its settings say does not start`() async throws {
      try await withCertificates { folder, checkout, certificates in
        func start(_ name: String, _ variables: [String: String]) async throws -> String {
          var all = ["SLIPWAY_STATE": folder.state.path, "SLIPWAY_LISTEN": "127.0.0.1:0"]
          all.merge(variables) { _, new in new }
          let result = try await RunningSuite.executable(name, variables: all, in: checkout)
          #expect(result.status == 2, "\(result.errors)")
          return result.errors
        }
        for variable in ["SLIPWAY_LISTEN", "SLIPWAY_OPS_LISTEN"] {
          let refusal = try await start("registry", [variable: "0.0.0.0:0"])
          #expect(
            refusal.contains("registry: set `\(variable)`: expected an address of loopback"),
            "\(refusal)")
        }
        let nowhere = try await start(
          "inference-worker",
          ["SLIPWAY_LISTEN": "0.0.0.0:0", "SLIPWAY_CERTS": certificates])
        #expect(nowhere.contains("set `SLIPWAY_ADVERTISE`"), "\(nowhere)")
        let missing = try await start("registry", ["SLIPWAY_CERTS": "\(certificates)-not"])
        #expect(missing.contains("`\(certificates)-not/registry.pem`, there is none"), "\(missing)")
        for suffix in ["pem", "key"] {
          let file = "\(certificates)/monitor.\(suffix)"
          try FileManager.default.removeItem(atPath: file)
          try FileManager.default.copyItem(
            atPath: "\(certificates)/gateway.\(suffix)", toPath: file)
        }
        let swapped = try await start("monitor", ["SLIPWAY_CERTS": certificates])
        #expect(
          swapped.contains("to be a certificate of the role `monitor`, found the role `gateway`"),
          "\(swapped)")
      }
    }
  }
}
