import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import RPCTestKit
import Synchronization

/// A TCP connection whose every byte a test writes and reads.
final class RawSocket: Sendable {
  private struct Inbox {
    var bytes: [UInt8] = []
    var isEnded = false
    var error: (any Error)?
  }

  private let inbox: SharedInbox
  private let channel: any Channel

  private init(_ channel: any Channel, _ inbox: SharedInbox) {
    self.channel = channel
    self.inbox = inbox
  }

  /// - Parameters:
  ///   - reads: whether it takes what the server sends from the start.
  ///   - tls: what comes first, if anything.
  static func connect(
    to port: Int, reads: Bool = true, tls: NIOSSLContext? = nil,
    timeout: TimeAmount = .seconds(60)
  ) async throws -> RawSocket {
    let inbox = SharedInbox()
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connectTimeout(timeout)
      .channelOption(.autoRead, value: reads)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls {
            try channel.pipeline.syncOperations.addHandler(
              NIOSSLClientHandler(context: tls, serverHostname: nil))
          }
          try channel.pipeline.syncOperations.addHandler(Collector(inbox))
        }
      }
      .connect(host: "127.0.0.1", port: port).get()
    return RawSocket(channel, inbox)
  }

  func write(_ bytes: [UInt8]) async throws {
    try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
  }

  /// Writes each byte by itself.
  func writeOneByOne(_ bytes: [UInt8]) async throws {
    for byte in bytes { try await write([byte]) }
  }

  func read() async throws {
    try await channel.setOption(.autoRead, value: true).get()
    channel.read()
  }

  /// Ends our side; the other may still write.
  func closeOutput() async throws {
    try await channel.close(mode: .output)
  }

  func close() async {
    try? await channel.close()
  }

  /// Ends with a reset instead of an end.
  func reset() async throws {
    guard let options = channel as? any SocketOptionProvider else { return }
    try await options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
    try await channel.close()
  }

  var bytes: [UInt8] { inbox.state.withLock { $0.bytes } }
  var byteCount: Int { inbox.state.withLock { $0.bytes.count } }
  var isEnded: Bool { inbox.state.withLock { $0.isEnded } }
  var error: String { inbox.state.withLock { $0.error.map { "\($0)" } ?? "" } }
  var frames: [ReceivedFrame] { ReceivedFrame.all(in: bytes) }

  private final class SharedInbox: Sendable {
    let state = Mutex(Inbox())
  }

  private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let inbox: SharedInbox

    init(_ inbox: SharedInbox) { self.inbox = inbox }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let buffer = unwrapInboundIn(data)
      inbox.state.withLock { $0.bytes += buffer.readableBytesView }
    }

    func channelInactive(context: ChannelHandlerContext) {
      inbox.state.withLock { $0.isEnded = true }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      inbox.state.withLock { $0.error = $0.error ?? error }
      context.close(promise: nil)
    }
  }
}
