internal import Base
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
package import RPC

/// Opens connections.
package enum TCPClient {
  /// Connects on one event loop, and returns when calls may be made.
  ///
  /// - Parameters:
  ///   - address: `host:port`.
  ///   - onRetired: called once when the connection takes no further calls.
  /// - Throws: `unavailable` if nothing listens there, and what the handshake refuses.
  package static func connect(
    to address: String, on link: EventLoopLink, authenticator: any ClientAuthenticator,
    settings: ConnectionSettings = ConnectionSettings(), tls: TLSSettings? = nil,
    timeout: Duration = .seconds(5),
    onRetired: @escaping @Sendable (ClientConnection) -> Void = { _ in }
  ) async throws(RPCError) -> ClientConnection {
    let connection: ClientConnection
    do {
      connection = try await open(
        address, on: link, authenticator: authenticator, settings: settings, tls: tls,
        timeout: timeout, onRetired: onRetired)
    } catch let error as RPCError {
      throw error
    } catch let error as NIOSSLError {
      throw RPCError(.failedPrecondition, "the certificates can't be used: \(error)")
    } catch {
      throw RPCError(
        .unavailable, "nothing answers at `\(address)`; is the service running?",
        retryAfter: .milliseconds(100))
    }
    try await connection.waitUntilReady()
    return connection
  }

  private static func open(
    _ address: String, on link: EventLoopLink, authenticator: any ClientAuthenticator,
    settings: ConnectionSettings, tls: TLSSettings?, timeout: Duration,
    onRetired: @escaping @Sendable (ClientConnection) -> Void
  ) async throws -> ClientConnection {
    guard let colon = address.lastIndex(of: ":"),
      let port = Int(address[address.index(after: colon)...])
    else {
      throw RPCError(.invalidArgument, "`\(address)` is no address; expected `host:port`")
    }
    let host = address[..<colon].trimmingBrackets
    let target = try SocketAddress.makeAddressResolvingHost(host, port: port)
    let sameHost = AddressText.isLoopback(target)
    guard tls != nil || sameHost else {
      throw RPCError(
        .failedPrecondition,
        "`\(address)` is beyond loopback, where TLS is required; name the certificates' folder")
    }
    let tlsContext = try tls?.clientContext()
    let bootstrap = ClientBootstrap(group: link.eventLoop)
      .connectTimeout(.nanoseconds(timeout.wholeNanoseconds))
      .channelOption(.socketOption(.tcp_nodelay), value: 1)
      .channelOption(.writeBufferWaterMark, value: SocketOptions.waterMark)
      .channelOption(.recvAllocator, value: SocketOptions.readBuffer)
      .channelOption(.maxMessagesPerRead, value: SocketOptions.readsPerTurn)
    return try await bootstrap.connect(to: target) { channel in
      channel.eventLoop.makeCompletedFuture {
        let pipeline = channel.pipeline.syncOperations
        let connection = ClientConnection(
          loop: link, sink: ChannelFrameSink(channel), authenticator: authenticator,
          settings: settings, address: AddressText.of(target),
          security: tls == nil ? .plain : .tls(peerRole: nil), sameHost: sameHost,
          handshakeTimeout: timeout, onRetired: onRetired)
        guard let tlsContext else {
          try pipeline.addHandler(ConnectionHandler(connection))
          return connection
        }
        try pipeline.addHandler(NIOSSLClientHandler(context: tlsContext, serverHostname: nil))
        try pipeline.addHandler(
          SecuredHandler(timeout: .nanoseconds(timeout.wholeNanoseconds)) { peerRole in
            connection.assumeIsolated { $0.secured(peerRole: peerRole) }
            try pipeline.addHandler(ConnectionHandler(connection))
          } failed: { reason in
            connection.assumeIsolated { $0.close(RPCError(.unavailable, reason)) }
          })
        return connection
      }
    }
  }
}

extension Substring {
  fileprivate var trimmingBrackets: String {
    hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : String(self)
  }
}
