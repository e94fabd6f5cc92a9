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
