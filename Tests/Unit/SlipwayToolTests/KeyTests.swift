import Contracts
import Foundation
import RPC
import Synchronization
import Testing

@testable import SlipwayTool

@Suite("API keys and certificates")
struct KeyTests {
  private func gateway() -> FakeGateway {
    let gateway = FakeGateway()
    gateway.on(Gateway.API.createKey) { request in
      Gateway.CreateKeyResponse(
        key: Gateway.Key(
          id: "k1", principal: request.principal, roles: request.roles, models: request.models,
          expiresAt: request.expiresAt, state: "active"), secret: "slip_x")
    }
    return gateway
  }

  @Test("a new key is shown once, with its expiry counted from now")
  func create() async {
    let run = await Run(
      [
        "key", "create", "app", "--role", "developer", "--model", "*", "--expires-in", "1d",
        "--json",
      ], on: gateway())
    #expect(run.status == 0, "\(run.complaint)")
    #expect(run.output.contains("\"secret\" : \"slip_x\""))
    #expect(run.output.contains("\"expiresAt\" : \"2027-01-16T08:00:00Z\""))
  }

  @Test("a key that goes to a file is readable for its owner only, and not shown")
  func toFile() async throws {
    try await withFolder { folder in
      let path = "\(folder)/app.key"
      let run = await Run(["key", "create", "app", "--out", path], on: gateway())
      #expect(run.status == 0, "\(run.complaint)")
      #expect(!run.output.contains("slip_x"))
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "slip_x\n")
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
      #expect(mode as? Int == 0o600)
      let again = await Run(["key", "create", "app", "--out", path], on: gateway())
      #expect(again.status == 1)
      #expect(again.output.contains("slip_x"))
    }
  }

  @Test("the authority is the option's, else the environment's, else the state directory's")
  func authority() async throws {
    try await withFolder { folder in
      let gateway = FakeGateway()
      _ = await Run(
        ["status", "--certs", "/option"], on: gateway, environment: ["SLIPWAY_CERTS": "/variable"])
      _ = await Run(["status"], on: gateway, environment: ["SLIPWAY_CERTS": "/variable"])
      try "{\"gateway\":\"h:2\"}".write(
        toFile: "\(folder)/endpoints.json", atomically: true, encoding: .utf8)
      let here = ["status", "--state", folder]
      _ = await Run(here, on: gateway, environment: ["SLIPWAY_GATEWAY": ""])
      let file = "\(folder)/authority.pem"
      try "PEM".write(toFile: file, atomically: true, encoding: .utf8)
      _ = await Run(here, on: gateway, environment: ["SLIPWAY_GATEWAY": ""])
      // Another gateway than the state directory's has nothing to do with its authority.
      _ = await Run(here, on: gateway)
      #expect(
        gateway.authorityFiles == [
          "/option/authority.pem", "/variable/authority.pem", nil, file, nil,
        ])
    }
  }

  @Test(
    "addresses go into certificates as addresses, everything else as a name",
    arguments: [
      ("127.0.0.1", [127, 0, 0, 1]), ("::1", [UInt8](repeating: 0, count: 15) + [1]),
      ("2001:db8::a:b", [0x20, 1, 0xD, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xA, 0, 0xB]),
      ("1:2:3:4:5:6:7:8", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]),
      ("localhost", nil), ("1.2.3", nil), ("256.1.1.1", nil), ("1:2:3", nil), ("1::2::3", nil),
      ("1:2:3:4:5:6:7::8", nil), ("host:80", nil),
    ] as [(String, [UInt8]?)])
  func addresses(text: String, bytes: [UInt8]?) {
    #expect(NetworkAddress.bytes(text) == bytes)
  }

  @Test(
    "hosts of certificates are addresses or names of the DNS",
    arguments: [
      ("localhost", true), ("a-1.example.com", true), ("127.0.0.1", true), ("::1", true),
      (String(repeating: "a", count: 63) + ".b", true),
      ("", false), ("bad host", false), ("host:80", false), ("-a.b", false), ("a-.b", false),
      ("a..b", false), ("a.", false), ("*.b", false), ("h\u{f6}st", false), ("256.1.1.1", false),
      ("1.2.3", false), ("http://a", false), (String(repeating: "a", count: 64) + ".b", false),
      (String(repeating: "a.", count: 127) + "b", false),
    ])
  func hosts(text: String, isHost: Bool) {
    #expect((try? HostName.parse(text)) == (isHost ? text : nil))
  }

  @Test("certificates are made for every role, once")
  func certificates() async throws {
    try await withFolder { folder in
      let run = await Run(["certs", "init", "\(folder)/certs"])
      #expect(run.status == 0, "\(run.complaint)")
      let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/certs")
      #expect(names.count == 14)
      let pem = try String(contentsOfFile: "\(folder)/certs/gateway.pem", encoding: .utf8)
      #expect(pem.hasPrefix("-----BEGIN CERTIFICATE-----"))
      #expect(await Run(["certs", "init", "\(folder)/certs"]).status == 3)
    }
  }
}
