import Foundation
import Testing

@testable import Trust

struct ServiceTests {
  private static let gateway = ServiceRole.gateway
  private static func trust() throws -> ServiceTrust {
    try ServiceTrust([
      .gateway: [Fixture.key(1, "gateway").verifyingKey],
      .inferenceWorker: [Fixture.key(2, "worker").verifyingKey],
      .registry: [Fixture.key(3).verifyingKey, Fixture.key(4).verifyingKey],
    ])
  }

  private static func transcript(
    version: UInt32 = 1, client: UInt8 = 1, server: UInt8 = 2,
    clientRole: ServiceRole = .gateway, serverRole: ServiceRole = .inferenceWorker,
    address: String = "127.0.0.1:7001"
  ) throws -> HandshakeTranscript {
    try HandshakeTranscript(
      protocolVersion: version,
      clientNonce: #require(HandshakeNonce(bytes: [UInt8](repeating: client, count: 32))),
      serverNonce: #require(HandshakeNonce(bytes: [UInt8](repeating: server, count: 32))),
      clientRole: clientRole, serverRole: serverRole, listenerAddress: address)
  }

  @Test("the transcript's bytes are these")
  func writesGoldenTranscript() throws {
    let fields: [(length: UInt8, content: [UInt8])] = [
      (27, "slipway handshake v1 client".bytes), (4, [0, 0, 0, 1]),
      (32, [UInt8](repeating: 1, count: 32)), (32, [UInt8](repeating: 2, count: 32)),
      (7, "gateway".bytes), (16, "inference-worker".bytes), (14, "127.0.0.1:7001".bytes),
    ]
    let expected: [UInt8] = fields.flatMap { field -> [UInt8] in
      [0, 0, 0, field.length] + field.content
    }
    #expect(try Self.transcript().signedBytes(of: .client) == expected)
  }

  @Test("both sides prove their roles")
  func provesRoles() throws {
    let transcript = try Self.transcript()
    let trust = try Self.trust()
    let client = try transcript.sign(
      as: .client, with: ServiceIdentity(role: .gateway, key: Fixture.key(1)))
    let server = try transcript.sign(
      as: .server, with: ServiceIdentity(role: .inferenceWorker, key: Fixture.key(2)))
    try transcript.verify(client, of: .client, trust: trust)
    try transcript.verify(server, of: .server, trust: trust)
    #expect(throws: HandshakeError.badSignature(.inferenceWorker)) {
      try transcript.verify(client, of: .server, trust: trust)
    }
  }

  @Test("a signature is good for no other version, nonce, role, address or side")
  func bindsEverything() throws {
    let identity = ServiceIdentity(role: .gateway, key: try Fixture.key(1))
    let signature = try Self.transcript().sign(as: .client, with: identity)
    let others = [
      try Self.transcript(version: 2), try Self.transcript(client: 3),
      try Self.transcript(server: 3), try Self.transcript(serverRole: .registry),
      try Self.transcript(address: "127.0.0.1:7002"),
    ]
    for other in others {
      #expect(throws: HandshakeError.badSignature(.gateway)) {
        try other.verify(signature, of: .client, trust: Self.trust())
      }
    }
    let posing = try Self.transcript(clientRole: .registry)
    #expect(throws: HandshakeError.badSignature(.registry)) {
      try posing.verify(signature, of: .client, trust: Self.trust())
    }
    let twoGateways = try Self.transcript(serverRole: .gateway)
    let own = try twoGateways.sign(as: .client, with: identity)
    #expect(throws: HandshakeError.badSignature(.gateway)) {
      try twoGateways.verify(own, of: .server, trust: Self.trust())
    }
  }

  @Test("mirrored nonces, unknown roles and keys of other roles are refused")
  func refusesHandshakes() throws {
    #expect(throws: HandshakeError.nonceReflected) { try Self.transcript(server: 1) }
    #expect(throws: HandshakeError.roleUnknown("monitor")) {
      try Self.transcript(serverRole: .monitor).verify([], of: .server, trust: Self.trust())
    }
    #expect(throws: HandshakeError.roleDiffers(expected: "gateway", identity: .registry)) {
      try Self.transcript().sign(
        as: .client, with: ServiceIdentity(role: .registry, key: Fixture.key(3)))
    }
    #expect(HandshakeNonce(bytes: [1, 2, 3]) == nil)
    #expect(HandshakeNonce.generate() != HandshakeNonce.generate())
  }

  @Test("role keys come back from their text, several for one role too")
  func readsRoles() throws {
    let trust = try Self.trust()
    #expect(try ServiceTrust(text: "# roles\n\n" + trust.description) == trust)
    #expect(trust.keys(of: .registry).count == 2)
    #expect(trust.keys(of: .monitor).isEmpty)
    #expect(throws: KeyError.self) { try ServiceTrust(text: "janitor AAAA\n") }
    let line = try Fixture.key(1).verifyingKey.description
    #expect(throws: KeyError.self) {
      try ServiceTrust(text: "gateway \(line)\nregistry \(line)\n")
    }
  }

  @Test("a state directory gets its keys once and keeps them")
  func createsKeys() throws {
    try Fixture.withFolder { folder in
      let keys = ServiceKeyFolder(stateDirectory: folder)
      #expect(throws: KeyError.self) { try keys.identity(of: .gateway) }
      try keys.createMissing()
      let trust = try keys.trust()
      for role in ServiceRole.allCases {
        let identity = try keys.identity(of: role)
        #expect(trust.keys(of: role) == [identity.key.verifyingKey])
        #expect(try Fixture.mode("\(folder)/keys/\(role).key") == 0o600)
      }
      #expect(try Fixture.mode(folder + "/keys") == 0o700)
      try keys.createMissing()
      #expect(try keys.trust() == trust)
      // One lost key is made anew, the others stay, and `roles.pub` follows.
      try FileManager.default.removeItem(atPath: folder + "/keys/monitor.key")
      try keys.createMissing()
      #expect(try keys.trust().keys(of: .monitor) != trust.keys(of: .monitor))
      #expect(try keys.trust().keys(of: .gateway) == trust.keys(of: .gateway))
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder + "/keys").count
          == ServiceRole.allCases.count + 1)
    }
  }

  @Test("other machines' services are believed by their lines in peers.pub")
  func believesPeers() throws {
    try Fixture.withFolder { folder in
      let here = ServiceKeyFolder(stateDirectory: folder + "/here")
      let there = ServiceKeyFolder(stateDirectory: folder + "/there")
      for keys in [here, there] { try keys.createMissing() }
      let gateway = try there.identity(of: .gateway)
      let assertion = try CallerAssertion(
        audience: .registry, principal: "ada", roles: [], models: nil, issuedAt: Timestamp.now()
      ).sign(with: gateway)
      func verify() throws {
        _ = try CallerAssertion.verify(
          assertion, audience: .registry, trust: here.trust(), now: Timestamp.now())
      }
      #expect(throws: AssertionError.self) { try verify() }
      // Everybody's lines in one file: one's own among them is no fault.
      let lines = try [here, there].map { try $0.trust().description }.joined()
      let file = folder + "/here/keys/peers.pub"
      try "# both machines\n\n\(lines)".write(toFile: file, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
      try verify()
      try here.createMissing()
      try verify()
      #expect(try here.trust().keys(of: .gateway).count == 2)
      try "nonsense\n".write(toFile: file, atomically: true, encoding: .utf8)
      #expect(throws: KeyError.self) { try here.trust() }
    }
  }

  @Test("a folder of keys that others may enter is refused with the command that mends it")
  func refusesOpenFolders() throws {
    try Fixture.withFolder { folder in
      let keys = ServiceKeyFolder(stateDirectory: folder)
      try keys.createMissing()
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o750], ofItemAtPath: folder + "/keys")
      let error = #expect(throws: KeyError.self) { try keys.identity(of: .gateway) }
      #expect(error?.description.contains("chmod 700 \(folder)/keys") == true)
      #expect(throws: KeyError.self) { try keys.createMissing() }
    }
  }

  @Test("many who make the keys at once end with the same keys")
  func createsKeysOnce() async throws {
    let folder = try Fixture.withFolder { $0 }
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let keys = ServiceKeyFolder(stateDirectory: folder)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 { group.addTask { try keys.createMissing() } }
      try await group.waitForAll()
    }
    let trust = try keys.trust()
    for role in ServiceRole.allCases {
      #expect(trust.keys(of: role) == [try keys.identity(of: role).key.verifyingKey])
    }
  }
}
