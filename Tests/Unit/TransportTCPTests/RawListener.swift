import NIOCore
import NIOPosix
import NIOSSL

/// Something that listens and is none of our servers.
struct RawListener {
  enum Manner: Sendable {
    /// Never takes a connection from the queue.
    case deaf
    /// Takes connections and says nothing.
    case silent
    /// Says this as soon as somebody connects, and goes on listening.
    case says([UInt8])
    /// Says this and closes.
    case saysAndCloses([UInt8])
    /// Speaks TLS, and nothing in it.
    case tls(NIOSSLContext)
  }

  let port: Int
  private let channel: any Channel

  static func run(
    _ manner: Manner, host: String = "127.0.0.1", _ body: (RawListener) async throws -> Void
  ) async throws {
    let isDeaf = if case .deaf = manner { true } else { false }
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: isDeaf ? Int32(1) : Int32(64))
      .serverChannelOption(.autoRead, value: !isDeaf)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          switch manner {
          case .deaf, .silent: break
          case .says(let bytes), .saysAndCloses(let bytes):
            let closes = if case .saysAndCloses = manner { true } else { false }
            try channel.pipeline.syncOperations.addHandler(Speaker(bytes, closes: closes))
          case .tls(let context):
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
          }
        }
      }
      .bind(host: host, port: 0).get()
    let listener = RawListener(port: channel.localAddress?.port ?? 0, channel: channel)
    do {
      try await body(listener)
    } catch {
      try? await channel.close()
      throw error
    }
    try? await channel.close()
  }

  /// Speaks once it has heard something, so that nobody reads an answer before there was a question.
  private final class Speaker: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private let bytes: [UInt8]
    private let closes: Bool

    init(_ bytes: [UInt8], closes: Bool) {
      self.bytes = bytes
      self.closes = closes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
      if closes { context.close(promise: nil) }
    }
  }
}
