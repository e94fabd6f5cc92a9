import Base
import RPCTestKit
import Testing
import Wire

@testable import RPC

/// The machines of a connection, one at a time.
@Suite struct StateTests {
  // MARK: Handshakes

  private func server(
    _ settings: ConnectionSettings = ConnectionSettings()
  ) throws -> ServerHandshake {
    var handshake = ServerHandshake(
      authenticator: TestServerAuthenticator(), settings: settings, address: "a:1",
      security: .plain)
    try ProtocolVersion.preface.withRawSpan { span throws(WireError) in
      try handshake.preface(span)
    }
    return handshake
  }

  private func client() -> ClientHandshake {
    ClientHandshake(
      authenticator: TestClientAuthenticator.admin, settings: ConnectionSettings(), address: "a:1",
      security: .plain)
  }

  private func head(_ bytes: [UInt8]) throws -> HandshakeHead {
    try bytes.withRawSpan { span throws(ProtobufError) in try HandshakeHead(decoding: span) }
  }

  @Test func `two sides that agree get to ready, with the smaller frame and the common abilities`()
    throws
  {
    var settings = ConnectionSettings()
    settings.frameBytesMax = 100_000
    settings.capabilities = [.zstd, Capabilities(rawValue: 1 << 40)]
    var server = try server(settings)
    var client = client()
    let welcome = try server.welcome(to: head(client.hello()))
    let proof = try client.proof(for: head(welcome))
    let peer = try server.identify(head(proof))
    #expect(peer.name == "ada" && server.isDone)
    #expect(server.agreed.frameBytesMax == 100_000 && client.agreed.frameBytesMax == 100_000)
    #expect(server.agreed.capabilities == [.zstd] && client.agreed.capabilities == [.zstd])
    var ready = HandshakeHead()
    ready[list: 1] = [[97], [98]]
    #expect(try client.ready(ready) == ["a": 0, "b": 1] && client.isDone)
  }

  @Test(
    arguments: [
      (1, .integer(0), .failedPrecondition), (2, .integer(2), .failedPrecondition),
      (5, .bytes(31), .invalidArgument), (5, .bytes(33), .invalidArgument),
      (5, .bytes(0), .invalidArgument), (6, .integer(16_383), .invalidArgument),
    ] as [(UInt8, Change, StatusCode)])
  func `a hello that can't be answered is refused`(
    field: UInt8, change: Change, code: StatusCode
  ) throws {
    var server = try server()
    var hello = try head(client().hello())
    change.apply(to: &hello, field: field)
    #expect(throws: RPCError.self) { try server.welcome(to: hello) }
    do throws(RPCError) { _ = try server.welcome(to: hello) } catch { #expect(error.code == code) }
  }

  @Test func `a hello of the future is answered with our version`() throws {
    var server = try server()
    var hello = try head(client().hello())
    hello[integer: 1] = UInt64.max
    #expect(try head(server.welcome(to: hello))[integer: 1] == 1)
  }

  @Test(
    arguments: [
      (1, .integer(0)), (1, .integer(2)), (3, .text("registry")), (4, .bytes(31)),
      (5, .integer(16_383)), (9, .bytes(64)), (9, .bytes(0)), (10, .text("a:2")),
    ] as [(UInt8, Change)])
  func `a welcome that is not right is refused before anything is shown`(
    field: UInt8, change: Change
  ) throws {
    var server = try server()
    var client = client()
    var welcome = try head(server.welcome(to: head(client.hello())))
    change.apply(to: &welcome, field: field)
    #expect(throws: RPCError.self) { try client.proof(for: welcome) }
  }

  @Test func `a reflected nonce is refused`() throws {
    var server = try server()
    var client = client()
    let hello = try head(client.hello())
    let welcome = try head(server.welcome(to: hello, nonce: hello[bytes: 5]))
    #expect(throws: RPCError.self) { try client.proof(for: welcome) }
  }

  @Test func `steps out of order are refused`() throws {
    var server = try server()
    #expect(throws: RPCError.self) { try server.identify(HandshakeHead()) }
    var client = client()
    #expect(throws: RPCError.self) { try client.ready(HandshakeHead()) }
    let hello = try head(client.hello())
    let welcome = try head(server.welcome(to: hello))
    #expect(throws: RPCError.self) { try server.welcome(to: hello) }
    _ = try client.proof(for: welcome)
    #expect(throws: RPCError.self) { try client.proof(for: welcome) }
    var fresh = ServerHandshake(
      authenticator: TestServerAuthenticator(), settings: ConnectionSettings(), address: "a:1",
      security: .plain)
    #expect(throws: RPCError.self) { try fresh.welcome(to: hello) }
    #expect(throws: WireError.self) {
      try Array("GET / HT".utf8).withRawSpan { span throws(WireError) in try fresh.preface(span) }
    }
  }

  // MARK: Slots

  @Test(arguments: 0..<30 as Range<UInt64>)
  func `call slots agree with a dictionary`(seed: UInt64) throws {
    var chance = Chance(seed: seed)
    var slots = CallSlots()
    var model: [UInt32: (ObjectIdentifier, UInt64)] = [:]
    var kept: [Receiver] = []
    var past: Set<UInt32> = []
    for _ in 0..<600 {
      switch Int.random(in: 0..<5, using: &chance) {
      case 0, 1, 2:
        let receiver = Receiver()
        kept.append(receiver)
        let deadline = UInt64.random(in: 0..<1000, using: &chance)
        let added = slots.add(receiver, deadline: MonotonicInstant(nanoseconds: deadline))
        let stream = try #require(added)
        #expect(stream != 0 && past.insert(stream).inserted, "seed \(seed)")
        model[stream] = (ObjectIdentifier(receiver), deadline)
      case 3:
        let stream = past.randomElement(using: &chance) ?? 1
        let removed = slots.remove(stream).map { ObjectIdentifier($0) }
        #expect(removed == model.removeValue(forKey: stream)?.0, "seed \(seed)")
      default:
        let now = UInt64.random(in: 0..<1000, using: &chance)
        let (streams, next) = slots.expired(at: MonotonicInstant(nanoseconds: now))
        #expect(
          Set(streams) == Set(model.filter { $0.value.1 <= now }.keys), "seed \(seed)")
        #expect(
          next.nanoseconds == model.values.map(\.1).filter { $0 > now }.min() ?? .max,
          "seed \(seed)")
      }
      #expect(slots.count == model.count, "seed \(seed)")
    }
    for stream in past {
      #expect(slots.receiver(of: stream).map { ObjectIdentifier($0) } == model[stream]?.0)
    }
    let left = slots.removeAll()
    #expect(left.count == model.count && slots.count == 0)
  }

  @Test func `a place takes sixteen thousand generations to give an id again`() throws {
    var slots = CallSlots()
    let receiver = Receiver()
    let added = slots.add(receiver, deadline: .distantFuture)
    let first = try #require(added)
    var stream = first
    for generation in 1...16_383 {
      slots.remove(stream)
      let again = slots.add(receiver, deadline: .distantFuture)
      stream = try #require(again)
      #expect((stream == first) == (generation == 16_383))
    }
  }

  @Test func `a new assertion takes the slot of the oldest once all are taken`() {
    var slots = AssertionSlots()
    for number in 0..<1_024 as Range<UInt32> {
      let (slot, isNew) = slots.slot(of: Array("a\(number)".utf8))
      #expect(slot == number + 1 && isNew)
    }
    let uses: [(String, UInt32, Bool)] = [
      ("a0", 1, false), ("b", 1, true), ("b", 1, false), ("a0", 2, true), ("a1", 3, true),
    ]
    for (assertion, slot, isNew) in uses {
      let used = slots.slot(of: Array(assertion.utf8))
      #expect(used == (slot, isNew))
    }
  }

  // MARK: Compression

  @Test func `bodies that do not shrink are left alone for twice as long each time`() {
    var policy = CompressionPolicy(isAllowed: true)
    var skips: [Int] = []
    for _ in 0..<11 {
      var skipped = 0
      while !policy.shouldTry(byteCount: 5_000) { skipped += 1 }
      skips.append(skipped)
      policy.tried(paid: false)
    }
    #expect(skips == [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 256])
    while !policy.shouldTry(byteCount: 5_000) {}
    policy.tried(paid: true)
    let (large, small) = (policy.shouldTry(byteCount: 1_024), policy.shouldTry(byteCount: 1_023))
    #expect(large && !small)
    var never = CompressionPolicy(isAllowed: false)
    let tries = never.shouldTry(byteCount: 1 << 20)
    #expect(!tries)
  }

  // MARK: Texts

  @Test(arguments: ["a", "é", "…", "🦉"])
  func `a long text is cut between characters`(character: String) throws {
    for shift in 0..<4 {
      let text = String(repeating: "x", count: shift) + String(repeating: character, count: 2_048)
      let cut = StatusHead.cut(text, byteCountMax: 2_048)
      let again = try #require(String(validating: cut, as: UTF8.self))
      #expect(text.hasPrefix(again) && cut.count <= 2_048 && cut.count > 2_044)
    }
    #expect(StatusHead.cut("abc", byteCountMax: 3) == [97, 98, 99])
  }
}

final class Receiver: ReplyReceiver {
  func receive(_ reply: borrowing ReplyView, on connection: isolated ClientConnection) {}
  func failed(_ error: RPCError, on connection: isolated ClientConnection) {}
}

enum Change: Sendable {
  case integer(UInt64)
  case bytes(Int)
  case text(String)

  func apply(to head: inout HandshakeHead, field: UInt8) {
    switch self {
    case .integer(let integer): head[integer: field] = integer
    case .bytes(let count): head[bytes: field] = [UInt8](repeating: 7, count: count)
    case .text(let text): head[text: field] = text
    }
  }
}
