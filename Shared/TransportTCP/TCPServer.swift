internal import Base
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
package import RPC

/// A listener that serves RPC.
package final class TCPServer: Sendable {
  private let listener: any NIOCore.Channel
  private let core: ServerCore
  /// Where it listens, `host:port`.
  package let address: String
  /// Longer than a resolver takes that asks its servers twice.
  private static let lookUpTime = Duration.seconds(30)

  private init(listener: any NIOCore.Channel, core: ServerCore) {
    self.listener = listener
    self.core = core
    address = AddressText.of(listener.localAddress)
  }

  /// Binds and starts to serve.
  ///
  /// - Parameters:
  ///   - loops: whose event loops serve.
  ///   - port: 0 for a free one.
  ///   - tls: required for a host beyond loopback.
  ///   - polls: whether those loops, if they can, poll for the connections before they sleep.
  ///   - compresses: whether peers are taken for other machines; decided by their addresses if `nil`.
  /// - Throws: `failedPrecondition` where TLS is missing, ``TLSFileError`` where its files are no good,
  ///   and what ``ListenFailure`` says of the address.
  package static func listen(
    core: ServerCore, loops: EventLoopLinks = .shared, host: String, port: Int,
    tls: TLSSettings? = nil, compresses: Bool? = nil, polls: Bool = false
  ) async throws -> TCPServer {
    do {
      return try await bind(
        core: core, loops: loops, host: host, port: port, tls: tls, compresses: compresses,
        polls: polls)
    } catch let error as TLSFileError {
      throw error
    } catch {
      throw ListenFailure.explain(error, host: host, port: port)
    }
  }

  private static func bind(
    core: ServerCore, loops: EventLoopLinks, host: String, port: Int, tls: TLSSettings?,
    compresses: Bool?, polls: Bool
  ) async throws -> TCPServer {
    let wanted = try await wantedAddress(host, port: port, on: loops.group.next())
    guard tls != nil || AddressText.isLoopback(wanted) else {
      throw RPCError(
        .failedPrecondition,
        "`\(host)` is beyond loopback, where TLS is required; make certificates with "
          + "`slipway certs init` and name their folder, or listen on 127.0.0.1")
    }
    let tlsContext = try tls?.serverContext()
    let bootstrap = ServerBootstrap(group: loops.group)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
      .childChannelOption(
        .writeBufferWaterMark,
        value: SocketOptions.waterMark(bufferedBytesHigh: core.limits.bufferedBytesHigh)
      )
      .childChannelOption(.maxMessagesPerRead, value: SocketOptions.readsPerTurn)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          let loop = loops[channel.eventLoop]
          try channel.readInto(loop.readBuffer)
          let polled = polls ? loop.poller?.socket(of: channel) : nil
          let attach: (TransportSecurity) throws -> Void = { security in
            let connection = ServerConnection(
              core: core, loop: loop,
              sink: ChannelFrameSink(channel, buffers: loop.writeBuffers, polled: polled),
              address: AddressText.of(channel.localAddress),
              source: channel.remoteAddress?.ipAddress ?? "", security: security,
              sameHost: compresses.map { !$0 } ?? AddressText.isLoopback(channel.remoteAddress))
            try pipeline.addHandler(
              ConnectionHandler(
                connection, readBuffer: security == .plain ? loop.readBuffer : nil,
                polled: polled))
          }
          if let tlsContext {
            try pipeline.addHandler(ReadBufferReturn(loop.readBuffer))
            try pipeline.addHandler(NIOSSLServerHandler(context: tlsContext))
            try pipeline.addHandler(
              SecuredHandler(timeout: .nanoseconds(core.limits.handshakeTimeout.wholeNanoseconds)) {
                try attach(.tls(peerRole: $0))
              })
          } else {
            try attach(.plain)
          }
        }
      }
    return TCPServer(listener: try await bootstrap.bind(to: wanted).get(), core: core)
  }

  private static func wantedAddress(
    _ host: String, port: Int, on eventLoop: any EventLoop
  ) async throws(RPCError) -> SocketAddress {
    do {
      return try await HostAddresses.of(host, port: port, on: eventLoop, timeout: lookUpTime)[0]
    } catch {
      throw RPCError(
        .invalidArgument,
        "can't listen on `\(host):\(port)`: \(error.message); expected an IP address of this "
          + "machine, or a name that has one")
    }
  }

  /// Takes no further connections, and lets the calls that have begun end, for at most `grace`; then
  /// closes what is left.
  package func shutdown(grace: Duration) async {
    try? await listener.close().get()
    await core.drain()
    let end = ContinuousClock.now.advanced(by: grace)
    while core.connectionCount > 0, ContinuousClock.now < end {
      // Only a call that does not end makes this turn more than once.
      try? await Task.sleep(for: .milliseconds(5))
    }
    await core.close()
  }
}
