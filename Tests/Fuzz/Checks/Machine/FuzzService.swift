import Base
import Contracts
import RPC
import Wire

/// Methods of every shape whose handlers stay on the loop.
enum FuzzService {
  static let sentByServers: Set<FrameKind> = [
    .message, .end, .credit, .welcome, .ready, .ping, .pong, .goAway,
  ]

  static let sentByClients: Set<FrameKind> = [
    .call, .message, .cancel, .credit, .hello, .proof, .ping, .pong, .assertion,
  ]

  static let router: Router = {
    var router = Router()
    let method = Method<Inference.ServerLiveRequest, Inference.ServerLiveRequest>(
      descriptor("Echo", .unary))
    router.unaryOnLoop(method) { (_, request, _) async throws(RPCError) in request }
    router.synchronous(descriptor("AtOnce", .unary)) { connection, call in
      let stream = call.stream
      do throws(RPCError) {
        try connection.withInflated(
          call.body, flags: call.flags, byteCount: call.bodyByteCount
        ) { body throws(RPCError) in
          connection.respond(to: stream, byteCount: body.byteCount) { $0.append(contentsOf: body) }
        }
      } catch {
        connection.fail(stream, error)
      }
    }
    router.synchronous(descriptor("Later", .unary)) { connection, call in
      let stream = call.stream
      connection.loop.schedule(at: connection.loop.now.advanced(by: .milliseconds(50))) {
        connection.assumeIsolated { $0.respond(to: stream, byteCount: 0) { _ in } }
      }
    }
    for shape in [MethodShape.unary, .clientStream, .twoWayStream] {
      router.raw(descriptor("Raw\(shape)", shape)) { connection, call in
        guard call.flags.contains(.more) || shape.streamsRequests, !call.flags.contains(.end) else {
          connection.end(call.stream)
          return nil
        }
        return Returned(stream: call.stream)
      }
    }
    return router
  }()

  private static func descriptor(_ name: String, _ shape: MethodShape) -> MethodDescriptor {
    MethodDescriptor(
      name: "fuzz/\(name)", shape: shape, effect: .safe, roles: ["any"], peers: ["gateway"])
  }

  /// Sends what comes back as it came, and ends with its end.
  private final class Returned: InboundStream {
    private let stream: UInt32

    init(stream: UInt32) {
      self.stream = stream
    }

    func message(
      _ flags: FrameFlags, bodyByteCount: Int, creditCost: Int, body: RawSpan,
      on connection: isolated ServerConnection
    ) {
      let head = [UInt8]()
      let sent = head.withRawSpan { head in
        connection.forward(
          .message, flags: flags.subtracting(.end), to: stream, head: head,
          bodyByteCount: bodyByteCount, body: body)
      }
      guard sent else { return }
      connection.giveCreditBack(creditCost, on: stream)
      if flags.contains(.end) { connection.end(stream) }
      if connection.mustWait(stream) { connection.awaitWritable(stream) }
    }

    func cancelled(on connection: isolated ServerConnection) {}

    func writable(on connection: isolated ServerConnection) {}
  }

  /// What a peer sends to be let in.
  static func handshake(isGateway: Bool) -> [UInt8] {
    var hello = HandshakeHead()
    for (field, value) in [(1, 1), (2, 1), (3, 3), (6, 1 << 20), (7, 5_000), (8, 20_000)]
      as [(UInt8, UInt64)]
    {
      hello[integer: field] = value
    }
    hello[text: 4] = isGateway ? "gateway" : "client"
    hello[bytes: 5] = [UInt8](repeating: 7, count: HandshakeTranscript.nonceByteCount)
    var proof = HandshakeHead()
    proof[bytes: isGateway ? 1 : 2] = Array((isGateway ? "s" : "k").utf8)
    return ProtocolVersion.preface + frame(.hello, hello.encoded()) + frame(.proof, proof.encoded())
  }

  /// What a server sends to let a client in.
  static var welcome: [UInt8] {
    var welcome = HandshakeHead()
    for (field, value) in [(1, 1), (2, 3), (5, 1 << 20), (6, 5_000), (7, 20_000)]
      as [(UInt8, UInt64)]
    {
      welcome[integer: field] = value
    }
    welcome[text: 3] = "gateway"
    welcome[bytes: 4] = [UInt8](repeating: 8, count: HandshakeTranscript.nonceByteCount)
    welcome[bytes: 9] = Array("gateway".utf8)
    welcome[text: 10] = "fuzz:1"
    var ready = HandshakeHead()
    ready[list: 1] = router.descriptors.map { [UInt8]($0.name.utf8) }
    return frame(.welcome, welcome.encoded()) + frame(.ready, ready.encoded())
  }

  private static func frame(_ kind: FrameKind, _ head: [UInt8]) -> [UInt8] {
    let header = FrameHeader(kind: kind, stream: 0, headByteCount: head.count)
    return [UInt8](byteCount: WireLimits.headerByteCount) { header.encode(into: &$0) } + head
  }
}
