import Base
import RPCTestKit
import TransportInProcess
import Wire

@testable import RPC

/// A client that a test takes along the arrows of its diagrams, and what its server says to it.
struct ClientUnderDiagram {
  private let loop = ManualLoop()
  private let server: RawServer

  init() {
    server = RawServer(loop: loop, authenticator: TestClientAuthenticator.admin)
  }

  func take(_ input: DiagramInput) async {
    switch input {
    case .bytes(let bytes): await server.write(bytes)
    case .time(let duration): await loop.advance(by: duration)
    case .peerCloses: await server.close()
    case .drain, .gateOpens: break
    }
    await settle()
  }

  /// Does something on the connection.
  func act(_ work: @Sendable (isolated ClientConnection) async -> Void) async {
    await work(server.client)
    await server.client.flush()
    await settle()
  }

  /// The frames that it has sent, in the diagrams' words, the preface left out.
  func sent() async -> [String] {
    await settle()
    return ReceivedFrame.all(in: Array(server.all.bytes.dropFirst(8))).map(\.inDiagram)
  }

  var state: String { get async { await server.client.diagramState } }

  func state(of stream: UInt32, isUnary: Bool) async -> String {
    await server.client.diagramState(of: stream, isUnary: isUnary)
  }

  private func settle() async {
    for _ in 0..<64 { await loop.settle() }
  }

  // MARK: What the server says

  static func welcome(
    version: UInt64 = 1, capabilities: UInt64 = 3, nonce: UInt8 = 7,
    frameBytesMax: UInt64 = 1 << 20,
    signature: String = "server:gateway:in-process:1", address: String = "in-process:1"
  ) -> [UInt8] {
    RawFrames.frame(
      .welcome,
      head: RawFrames.head(
        [
          3: Array("gateway".utf8), 4: [UInt8](repeating: nonce, count: 32),
          9: Array(signature.utf8), 10: Array(address.utf8),
        ],
        integers: [
          1: version, 2: capabilities, 5: frameBytesMax, 6: 1 << 20, 7: 1 << 20,
        ]))
  }

  static var ready: [UInt8] {
    var head = HandshakeHead()
    let methods = [TestService.API.echo, TestService.API.sum]
    head[list: 1] = methods.map { Array($0.descriptor.name.utf8) }
    return RawFrames.frame(.ready, head: head.encoded())
  }

  static func goAway(_ code: StatusCode) -> [UInt8] {
    RawFrames.frame(.goAway, head: RawFrames.head([:], integers: [1: UInt64(code.rawValue)]))
  }
}

extension ClientConnection {
  fileprivate var diagramState: String {
    switch state {
    case .ready: return "Ready"
    case .retiring: return "Retiring"
    case .closed: return "Closed"
    case .connecting:
      if case .awaitingWelcome = handshake.state { return "AwaitingWelcome" }
      return "AwaitingReady"
    }
  }

  fileprivate func diagramState(of stream: UInt32, isUnary: Bool) -> String {
    guard calls.receiver(of: stream) != nil else { return "Idle" }
    // The request of a unary call went with its start.
    return !isUnary && calls.isWritten(stream) ? "Writing" : "Waiting"
  }
}

/// Takes an answer and does nothing with it.
final class SilentReceiver: ReplyReceiver {
  func receive(_ reply: borrowing ReplyView, on connection: isolated ClientConnection) {}
  func failed(_ error: RPCError, on connection: isolated ClientConnection) {}
}
