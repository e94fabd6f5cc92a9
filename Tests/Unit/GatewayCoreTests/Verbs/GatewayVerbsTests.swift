import Contracts
import RPC
import Testing
import Trust

@testable import GatewayCore

@Suite struct GatewayVerbsTests {
  @Test("a key's life, as an admin sees it through the contracts")
  func life() async throws {
    try await TestGateway.run { gateway in
      let verbs = gateway.verbs
      let created = try await verbs.createKey(
        Gateway.CreateKeyRequest(
          principal: "ada", roles: ["developer", "auditor"], models: ["b", "a"],
          limits: Gateway.Limits(requestsPerSecond: 7, inFlightMax: 8), reason: "new here"),
        by: "root")
      let id = try #require(created.key?.id)
      #expect(
        created.key
          == Gateway.Key(
            id: id, principal: "ada", roles: ["auditor", "developer"], models: ["a", "b"],
            limits: Gateway.Limits(requestsPerSecond: 7, inFlightMax: 8), createdAt: someday,
            createdBy: "root", state: "active"))
      let holder = try gateway.ring.verify(created.secret.utf8, nowNanoseconds: someday)
      #expect(
        verbs.whoAmI(holder)
          == Gateway.WhoAmIResponse(
            principal: "ada", keyID: id, roles: ["auditor", "developer"], models: ["a", "b"]))

      let expiring = try await verbs.expireKey(
        Gateway.ExpireKeyRequest(id: id, expiresAt: someday + hour), by: "root")
      #expect(expiring.expiresAt == someday + hour)
      #expect(verbs.whoAmI(holder).expiresAt == someday + hour)
      let rotated = try await verbs.rotateKey(
        Gateway.RotateKeyRequest(id: id, overlapSeconds: 60), by: "root")
      let revoked = try await verbs.revokeKey(Gateway.RevokeKeyRequest(id: id), by: "root")
      #expect(revoked.state == "revoked" && revoked.replacedBy == rotated.key?.id)
      #expect(revoked.revokedAt == someday)
      #expect(try await verbs.listKeys().keys.map(\.state).sorted() == ["active", "revoked"])
      #expect(try await gateway.store.pendingEntries().count == 4)
    }
  }

  @Test("errors become statuses that a caller can act on")
  func statuses() async throws {
    try await TestGateway.run { gateway in
      let verbs = gateway.verbs
      let admin = try await verbs.createKey(
        Gateway.CreateKeyRequest(principal: "root", roles: ["admin"]), by: "root")
      let id = admin.key?.id ?? ""
      func code(_ call: () async throws -> Void) async -> StatusCode? {
        do {
          try await call()
          return nil
        } catch let error as RPCError {
          #expect(!error.message.isEmpty)
          return error.code
        } catch {
          return nil
        }
      }
      #expect(
        await code { _ = try await verbs.createKey(Gateway.CreateKeyRequest(), by: "r") }
          == .invalidArgument)
      #expect(
        await code { _ = try await verbs.revokeKey(Gateway.RevokeKeyRequest(id: "x"), by: "r") }
          == .notFound)
      #expect(
        await code { _ = try await verbs.revokeKey(Gateway.RevokeKeyRequest(id: id), by: "r") }
          == .failedPrecondition)
      #expect(
        await code {
          _ = try await verbs.rotateKey(
            Gateway.RotateKeyRequest(id: id, overlapSeconds: .max), by: "r")
        } == .invalidArgument)
      try await gateway.store.close()
      #expect(await code { _ = try await verbs.listKeys() } == .internalError)
    }
  }

  @Test("an error of the gateway's own tells the caller a reference and nothing else")
  func secrecy() async throws {
    try await TestGateway.run { gateway in
      try await gateway.store.close()
      let error = await #expect(throws: RPCError.self) { _ = try await gateway.verbs.listKeys() }
      #expect(error?.reference.isEmpty == false)
      #expect(error?.message.contains(gateway.folderPath) == false)
    }
  }

  @Test("usage is told by key and since when")
  func usage() async throws {
    try await TestGateway.run { gateway in
      let key = try await gateway.keys.create(.developer(), by: .gateway, reason: "").key
      let meter = UsageMeter(stripeCount: 1)
      meter.add(
        UsageCount(requests: 2, requestBytes: 3), to: UsageCell(keyID: key.id, model: "magika"),
        stripe: 0)
      try await gateway.usage.flush(meter)
      let answer = try await gateway.verbs.getUsage(Gateway.GetUsageRequest())
      #expect(
        answer.usage == [
          Gateway.Usage(
            keyID: key.id, principal: "ada", model: "magika", requests: 2, requestBytes: 3)
        ])
      let later = Gateway.GetUsageRequest(keyID: key.id, since: someday + hour)
      #expect(try await gateway.verbs.getUsage(later).usage.isEmpty)
    }
  }

  @Test("latency is told by model and version")
  func latency() async throws {
    try await TestGateway.run { gateway in
      gateway.routes.apply(
        ObservedModel(
          name: "m", versions: [1, 2], targets: [.version(2, weight: 90), .version(1, weight: 10)]),
        nowNanoseconds: someday)
      for (slot, name) in gateway.routes.versionNames where name.version == 2 {
        for stripe in 0..<100 {
          gateway.latency.record(
            versionSlot: slot, nanoseconds: stripe == 0 ? 1_000_000 : 1_000, failed: stripe == 0,
            stripe: stripe)
        }
      }
      let summaries = gateway.verbs.latencySummaries()
      #expect(summaries.map(\.model) == ["m"] && summaries.map(\.version) == [2])
      #expect(summaries.first?.requests == 100 && summaries.first?.failures == 1)
      #expect((1_000...1_032).contains(summaries.first?.p50 ?? 0))
      #expect((1_000...1_032).contains(summaries.first?.p99 ?? 0))
    }
  }
}
