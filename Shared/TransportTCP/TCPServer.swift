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
  /// - Throws: `failedPrecondition` where TLS or a certificate is missing; what ``ListenFailure`` says
  ///   of the address.
  package static func listen(
    core: ServerCore, loops: EventLoopLinks = .shared, host: String, port: Int,
    tls: TLSSettings? = nil
  ) async throws(RPCError) -> TCPServer {
    do {
      return try await bind(core: core, loops: loops, host: host, port: port, tls: tls)
    } catch {
      throw ListenFailure.explain(error, host: host, port: port)
    }
  }

  private static func bind(
    core: ServerCore, loops: EventLoopLinks, host: String, port: Int, tls: TLSSettings?
  ) async throws -> TCPServer {
    let wanted = try SocketAddress.makeAddressResolvingHost(host, port: port)
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
      .childChannelOption(.writeBufferWaterMark, value: SocketOptions.waterMark)
      .childChannelOption(.recvAllocator, value: SocketOptions.readBuffer)
      .childChannelOption(.maxMessagesPerRead, value: SocketOptions.readsPerTurn)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          let attach: (TransportSecurity) throws -> Void = { security in
            let connection = ServerConnection(
              core: core, loop: loops[channel.eventLoop], sink: ChannelFrameSink(channel),
              address: AddressText.of(channel.localAddress),
              source: channel.remoteAddress?.ipAddress ?? "", security: security,
              sameHost: AddressText.isLoopback(channel.remoteAddress))
            try pipeline.addHandler(ConnectionHandler(connection))
          }
          if let tlsContext {
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
    let listener = try await bootstrap.bind(to: wanted).get()
    return TCPServer(listener: listener, core: core)
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
