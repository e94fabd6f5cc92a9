import RPCTestKit
import Testing
import Wire

@testable import RPC

/// Today's two sides with those of the release before credit, as it was recorded.
@Suite struct CompatibilityTests {
  private typealias API = TestService.API

  private static func session(_ name: String) throws -> RecordedSession {
    try RecordedSession(name, in: "before-credit.txt")
  }

  /// Abilities that nobody has yet, beside all that we have.
  private static var newerSettings: ConnectionSettings {
    var settings = ConnectionSettings()
    settings.capabilities.formUnion(Capabilities(rawValue: 1 << 40 | 1 << 63))
    return settings
  }

  // MARK: An older client

  @Test(arguments: [("client", "gateway"), ("gateway", "registry")], [false, true])
  func `a client of before credit is answered as it was then`(
    recorded: (name: String, role: String), unknownFrames: Bool
  ) async throws {
    let session = try Self.session(recorded.name)
    #expect(session.entries.count > 15)
    let replay = ServerReplay(
      unknownFrames ? session.withUnknownFrames : session, role: recorded.role)
    let differences = await replay.differences()
    #expect(differences == [])
  }

  @Test func `a server that answers otherwise is found out`() async throws {
    var session = try Self.session("client")
    let index = try #require(session.entries.firstIndex { $0.frame?.body == Array("2".utf8) })
    let last = session.entries[index].bytes.count - 1
    session.entries[index].bytes[last] ^= 1
    #expect(await ServerReplay(session, role: "gateway").differences().count == 1)
  }

  // MARK: An older server

  @Test(arguments: [false, true])
  func `a newer client makes the calls of a client with a server of before credit`(
    unknownFrames: Bool
  ) async throws {
    let session = try Self.session("client")
    var settings = Self.newerSettings
    settings.frameBytesMax = 16_384
    settings.release = "0.3"
    let replay = ClientReplay(
      unknownFrames ? session.withUnknownFrames : session, authenticator: .admin,
      settings: settings)
    async let differences = replay.differences()
    try await makeClientCalls(replay)
    let found = await differences
    #expect(found == [])
    let hello = try #require(replay.frames().first)
    #expect(hello.fields[integer: 3] == Self.newerSettings.capabilities.rawValue)
    #expect(!replay.frames().contains { $0.kind == .credit })
    #expect(await !replay.client.isReady)
  }

  @Test func `a newer gateway makes its calls with a server of before credit`() async throws {
    var authenticator = TestClientAuthenticator.gateway
    authenticator.serverRole = "registry"
    let replay = ClientReplay(
      try Self.session("gateway"), authenticator: authenticator, settings: Self.newerSettings)
    async let differences = replay.differences()
    try await makeGatewayCalls(replay.client)
    let found = await differences
    #expect(found == [])
  }

  @Test func `a client that asks otherwise is found out`() async throws {
    var session = try Self.session("gateway")
    let index = try #require(
      session.entries.firstIndex { $0.frame?.body == Array("for itself".utf8) })
    session.entries[index].bytes[session.entries[index].bytes.count - 1] ^= 1
    var authenticator = TestClientAuthenticator.gateway
    authenticator.serverRole = "registry"
    let replay = ClientReplay(
      session, authenticator: authenticator, settings: Self.newerSettings)
    async let differences = replay.differences()
    try await makeGatewayCalls(replay.client)
    #expect(await differences.count == 1)
  }

  // MARK: The calls of the recordings

  private func makeClientCalls(_ replay: ClientReplay) async throws {
    let client = replay.client
    try await client.waitUntilReady()
    var full = CallOptions(timeout: .seconds(30))
    full.metadata.model = Array("digits".utf8)
    full.metadata.version = Array("3".utf8)
    full.metadata.priority = 2
    full.metadata.routingKey = Array("user-7".utf8)
    full.metadata.requestID = Array("r-1".utf8)
    full.metadata.traceparent = [UInt8](1...25).withRawSpan { TraceParent(bytes: $0) }
    let options = CallOptions(timeout: nil)
    #expect(try await client.call(API.echo, Blob("hello"), options: full) == Blob("hello"))
    #expect(try await client.call(API.who, Blob(""), options: full).text.hasPrefix("ada|-|digits"))
    let error = await #expect(throws: RPCError.self) {
      try await client.call(API.fail, Blob([8]), options: options)
    }
    #expect(error?.code == .resourceExhausted && error?.retryAfter == .milliseconds(1500))
    var counted: [String] = []
    for try await message in try await client.stream(API.count, Blob("3"), options: options) {
      counted.append(message.text)
    }
    #expect(counted == ["0", "1", "2"])
    for blob in [Blob.prose(40_000), .noise(17_000)] {
      #expect(try await client.call(API.echo, blob, options: options) == blob)
    }
    async let held = client.call(API.gate, Blob("held"), options: options)
    await replay.comes(.call, of: 1_835_008)
    let meanwhile = try await client.call(API.echo, Blob("meanwhile"), options: options)
    #expect(meanwhile.text == "meanwhile")
    #expect(try await held.text == "held")
    let cancelled = Task { try await client.call(API.wait, Blob("never"), options: options) }
    await replay.comes(.call, of: 2_097_152)
    cancelled.cancel()
    await #expect(throws: RPCError.self) { try await cancelled.value }
    await replay.comes(.cancel, of: 2_097_152)
    #expect(try await client.call(API.inline, Blob("inline"), options: options).text == "inline")
  }

  private func makeGatewayCalls(_ client: ClientConnection) async throws {
    try await client.waitUntilReady()
    let own = CallOptions(timeout: nil)
    var ada = own
    ada.assertion = Array("ada developer 600".utf8)
    var eve = own
    eve.assertion = Array("eve admin 600".utf8)
    #expect(try await client.call(API.echo, Blob("for itself"), options: own).text == "for itself")
    for _ in 0..<2 {
      let who = try await client.call(API.who, Blob(""), options: ada)
      #expect(who.text.hasPrefix("gateway|ada"))
    }
    try await expectDenied(client, API.adminOnly, ada)
    #expect(try await client.call(API.adminOnly, Blob("x"), options: eve).text == "x")
    try await expectDenied(client, API.registryOnly, own)
  }

  private func expectDenied(
    _ client: ClientConnection, _ method: Method<Blob, Blob>, _ options: CallOptions
  ) async throws {
    let error = await #expect(throws: RPCError.self) {
      try await client.call(method, Blob("x"), options: options)
    }
    #expect(error?.code == .permissionDenied)
  }
}
