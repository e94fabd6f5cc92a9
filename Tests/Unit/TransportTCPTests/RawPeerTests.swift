import Base
import RPC
import RPCTestKit
import Testing
import TransportTCP
import Wire

/// What a peer that is none of our clients can do to a server over TCP.
@Suite(.timeLimit(.minutes(5))) struct RawPeerTests {
  typealias API = TestService.API

  static let handshake = RawFrames.preface + RawFrames.hello() + RawFrames.proof("key-admin")

  /// A peer that the server takes for a client.
  private func peer(of server: TestServer, reads: Bool = true) async throws -> RawSocket {
    let peer = try await RawSocket.connect(to: server.port, reads: reads)
    try await peer.write(Self.handshake)
    if reads { try await eventually { peer.frames.contains { $0.kind == .ready } } }
    return peer
  }

  @Test(arguments: RawFrames.broken)
  func `bytes that break the protocol cost only their connection, which says why`(
    name: String, bytes: [UInt8], reason: String
  ) async throws {
    try await TestServer.run(.tcp) { server in
      let other = try await server.connect()
      let peer = try await peer(of: server)
      try await peer.write(bytes)
      try await eventually { peer.isEnded }
      let goAway = try #require(peer.frames.last?.goAway, "\(name)")
      #expect(goAway.code == .invalidArgument && goAway.text.contains(reason), "\(name)")
      #expect(try await other.echo("y") == "y")
      try await eventually { server.core.connectionCount == 1 }
    }
  }

  @Test(arguments: ["GET / HTTP/1.1\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{fc}"])
  func `a peer of another protocol is told, and closed`(text: String) async throws {
    try await TestServer.run(.tcp) { server in
      let peer = try await RawSocket.connect(to: server.port)
      try await peer.write(Array(text.utf8))
      try await eventually { peer.isEnded }
      #expect(peer.frames.last?.goAway?.code == .invalidArgument)
      let next = try await server.connect()
      #expect(try await next.echo("x") == "x")
    }
  }

  @Test func `a call whose bytes come one by one is answered`() async throws {
    try await TestServer.run(.tcp) { server in
      let peer = try await RawSocket.connect(to: server.port)
      try await peer.writeOneByOne(
        Self.handshake
          + RawFrames.call(API.echo, of: server.service, stream: 9, body: Array("slow".utf8)))
      try await eventually { peer.frames.contains { $0.stream == 9 && $0.kind == .end } }
      #expect(peer.frames.last?.body == Array("slow".utf8))
      await peer.close()
    }
  }

  @Test func `a ping comes back as it was`() async throws {
    try await TestServer.run(.tcp) { server in
      let peer = try await peer(of: server)
      try await peer.write(RawFrames.frame(.ping, head: [1, 2, 3]))
      try await eventually { peer.frames.last?.kind == .pong }
      #expect(peer.frames.last?.head == [1, 2, 3])
      await peer.close()
    }
  }

  @Test func `a server ends a call whose time is over, whatever its caller does`() async throws {
    try await TestServer.run(.tcp) { server in
      let peer = try await peer(of: server)
      try await peer.write(
        RawFrames.call(
          API.wait, of: server.service, stream: 7, timeoutNanoseconds: 100_000_000))
      try await eventually { peer.frames.last?.kind == .end }
      #expect(server.service.finished.summary == ["Wait deadlineExceeded"])
      await peer.close()
    }
  }

  @Test func `a peer that is silent in the handshake is told and closed`() async throws {
    var limits = ServerLimits.patient
    limits.handshakeTimeout = .milliseconds(50)
    try await TestServer.run(.tcp, limits: limits) { server in
      let peer = try await RawSocket.connect(to: server.port)
      try await eventually { peer.isEnded }
      #expect(peer.frames.last?.goAway?.code == .deadlineExceeded)
      try await eventually { server.core.connectionCount == 0 }
    }
  }

  enum Leaving: CaseIterable { case closing, closingHalf, resetting }

  @Test(arguments: Leaving.allCases)
  func `a peer that leaves half-way through a frame costs nothing`(how: Leaving) async throws {
    try await TestServer.run(.tcp) { server in
      let other = try await server.connect()
      let peer = try await peer(of: server)
      try await peer.write(RawFrames.call(API.wait, of: server.service, stream: 3))
      #expect(await server.service.events.next() == "waiting")
      let call = RawFrames.call(
        API.echo, of: server.service, stream: 5, body: [UInt8](repeating: 1, count: 5_000))
      try await peer.write([UInt8](call.prefix(2_000)))
      switch how {
      case .closing: await peer.close()
      case .closingHalf: try await peer.closeOutput()
      case .resetting: try await peer.reset()
      }
      // What it had begun ends with it, and what it had not finished never begins.
      #expect(await server.service.events.next() == "cancelled")
      try await eventually { server.core.connectionCount == 1 }
      #expect(server.service.finished.summary == ["Wait cancelled"])
      #expect(try await other.echo("y") == "y")
    }
  }

  @Test func `a peer that does not read holds up nobody else, and gets all of it later`()
    async throws
  {
    var limits = ServerLimits.patient
    limits.bufferedBytesHigh = 256 * 1024
    try await TestServer.run(.tcp, limits: limits) { server in
      let peer = try await peer(of: server, reads: false)
      try await peer.write(RawFrames.call(API.flood, of: server.service, stream: 3))
      #expect(await server.service.events.next() == "flood began")
      let other = try await server.connect()
      for number in 0..<100 { #expect(try await other.echo("\(number)") == "\(number)") }
      #expect(server.service.finished.summary == [String](repeating: "Echo ok", count: 100))
      try await peer.read()
      try await eventually { peer.byteCount > 12 << 20 }
      await peer.close()
      #expect(await server.service.events.next() == "flood ended with cancelled")
    }
  }

  @Test func `what a peer compresses is inflated, within its limits`() async throws {
    try await TestServer.run(.tcp) { server in
      let prose = Blob.prose(100_000).bytes
      let small = try #require(
        ZstdCompressor().flatMap { zstd in prose.withRawSpan { zstd.compress($0) } })
      #expect(small.count < prose.count / 4)
      let peer = try await peer(of: server)
      try await peer.write(
        RawFrames.call(
          API.echo, of: server.service, stream: 3, flags: [.end, .compressed], body: small,
          inflated: prose.count))
      try await eventually { peer.frames.last?.kind == .end }
      #expect(peer.frames.last?.body == prose)
      try await peer.write(
        RawFrames.call(
          API.echo, of: server.service, stream: 5, flags: [.end, .compressed], body: small,
          inflated: prose.count - 1))
      try await eventually {
        server.service.finished.summary == ["Echo ok", "Echo invalidArgument"]
      }
      await peer.close()
    }
  }

  @Test func `bodies are compressed towards another machine, and not on this one`() async throws {
    for compresses in [false, true] {
      try await TestServer.run(.tcp, compresses: compresses) { server in
        let peer = try await peer(of: server)
        try await peer.write(
          RawFrames.call(
            API.echo, of: server.service, stream: 3, body: Blob.prose(100_000).bytes))
        try await eventually { peer.frames.last?.kind == .end }
        let byteCount = peer.frames.last?.body.count ?? 0
        #expect(compresses ? byteCount < 25_000 : byteCount == 100_000, "\(byteCount) bytes came")
        await peer.close()
      }
    }
  }
}
