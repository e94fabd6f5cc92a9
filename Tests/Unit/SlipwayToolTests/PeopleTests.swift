import Contracts
import Foundation
import RPC
import Synchronization
import Testing
import Trust

@testable import SlipwayTool

@Suite("Identities, trust and approvals")
struct PeopleTests {
  @Test("an identity is made once, shown, and trusted by name")
  func identityAndTrust() async throws {
    try await withFolder { home in
      let trust = "\(home)/trust.json"
      try Data(#"{"version":1,"people":[]}"#.utf8).write(to: URL(fileURLWithPath: trust))
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: trust)
      let made = await Run(["identity", "create", "alice"], home: home)
      #expect(made.status == 0, "\(made.complaint)")
      #expect(await Run(["identity", "create", "alice"], home: home).status == 3)
      let shown = await Run(["identity", "show", "alice", "--json"], home: home)
      #expect(shown.output.contains(VerifyingKey.algorithm))

      let added = await Run(
        [
          "trust", "add", "alice", "--identity", "alice", "--role", "pusher", "--role", "approver",
          "--expires-in", "365d", "--state", home,
        ], home: home)
      #expect(added.status == 0, "\(added.complaint)")
      let file = try TrustFile.load(from: trust)
      #expect(file.keys.map(\.person) == ["alice"])
      #expect(file.keys.first?.roles == [.pusher, .approver])
      #expect(file.keys.first?.expiresAt != nil)

      let bad = await Run(
        ["trust", "add", "bob", "--identity", "alice", "--role", "king", "--state", home],
        home: home)
      #expect(bad.status == 1)
      #expect(try TrustFile.load(from: trust) == file)
      #expect(await Run(["trust", "remove", "alice", "--state", home], home: home).status == 0)
      #expect(try TrustFile.load(from: trust).keys.isEmpty)
      #expect(await Run(["trust", "remove", "alice", "--state", home], home: home).status == 4)
    }
  }

  private func evidence(model: String, tampered: Bool) throws -> Registry.Evidence {
    let digest = ContentDigest(of: [1])
    let key = try SigningKey.generate(comment: "pusher")
    let bundle = try ManifestBundle(
      signing: try ModelManifest(
        modelName: model, files: [try ManifestFile(path: "model.onnx", digest: digest)]), with: key)
    let actual = tampered ? ContentDigest(of: [2]) : digest
    return Registry.Evidence(
      model: model, version: 1, manifestBundle: bundle.jsonBytes(),
      files: [Registry.FileEntry(path: "model.onnx", byteCount: 1, sha256: actual.bytes)])
  }

  @Test("an approval names what was asked for and is signed here")
  func approve() async throws {
    try await withFolder { home in
      _ = await Run(["identity", "create", "alice"], home: home)
      let gateway = FakeGateway()
      let evidence = try evidence(model: "m", tampered: false)
      let envelope = Mutex<[UInt8]>([])
      gateway.on(Registry.API.getEvidence) { _ in evidence }
      gateway.on(Registry.API.approve) { request in
        envelope.withLock { $0 = request.envelope }
        return Registry.ApproveResponse(approvers: 1, required: 2)
      }
      let run = await Run(["approve", "m", "1", "--identity", "alice"], on: gateway, home: home)
      #expect(run.status == 0, "\(run.complaint)")
      #expect(run.complaint.contains("1 more person"))
      let approval = try Approval(json: envelope.withLock { $0 })
      #expect(approval.statement.modelName == "m")
      #expect(approval.statement.version == "1")
      #expect(approval.statement.environment == "production")
      let bundle = try ManifestBundle(json: evidence.manifestBundle)
      #expect(approval.statement.manifestDigest == bundle.manifest.digest)
    }
  }

  @Test("nothing is signed for another model's manifest or other files", arguments: [true, false])
  func refuses(isTampered: Bool) async throws {
    try await withFolder { home in
      _ = await Run(["identity", "create", "alice"], home: home)
      let gateway = FakeGateway()
      let evidence = try evidence(model: isTampered ? "m" : "other", tampered: isTampered)
      gateway.on(Registry.API.getEvidence) { _ in evidence }
      let run = await Run(["approve", "m", "1", "--identity", "alice"], on: gateway, home: home)
      #expect(run.status == 3)
      #expect(gateway.calls == ["GetEvidence"])
    }
  }
}
