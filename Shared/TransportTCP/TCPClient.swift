internal import Base
internal import Foundation
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
package import RPC

/// Opens connections.
package enum TCPClient {
  /// Connects on one event loop, and returns when calls may be made.
  ///
  /// - Parameters:
  ///   - address: `host:port`. A name that leads to several hosts is tried on each of them.
  ///   - timeout: for everything until TCP is connected, and again for what follows.
  ///   - polls: whether the loop, if it is of those that can, polls for this connection before it sleeps.
  ///   - compresses: whether the server is taken for another machine; decided by its address if `nil`.
  ///   - onRetired: called once when the connection takes no further calls.
  /// - Throws: `unavailable` if nothing listens there or nobody answers in time, `failedPrecondition` if
  ///   the two don't agree on TLS, and what the handshake refuses.
  package static func connect(
    to address: String, on link: EventLoopLink, authenticator: any ClientAuthenticator,
    settings: ConnectionSettings = ConnectionSettings(), tls: TLSSettings? = nil,
    timeout: Duration = .seconds(5), compresses: Bool? = nil, polls: Bool = false,
    onRetired: @escaping @Sendable (ClientConnection) -> Void = { _ in }
  ) async throws(RPCError) -> ClientConnection {
    let (host, port) = try parse(address)
    let end = ContinuousClock.now + timeout
    let targets = try await HostAddresses.of(
      host, port: port, on: link.eventLoop, timeout: timeout)
    let context: NIOSSLContext?
    do throws(TLSFileError) {
      context = try tls?.clientContext()
    } catch {
      throw RPCError(.failedPrecondition, error.description)
    }
    let opening = Opening(
      address: address, link: link, authenticator: authenticator, settings: settings, tls: tls,
      context: context, timeout: timeout, compresses: compresses, polls: polls, onRetired: onRetired
    )
    var failure = RPCError(.unavailable, "`\(address)` leads nowhere")
    for target in targets {
      let connection: ClientConnection
      do throws(RPCError) {
        connection = try await opening.connect(to: target, within: end - .now)
      } catch {
        failure = error
        continue
      }
      try await connection.waitUntilReady()
      return connection
    }
    throw failure
  }

  private static func parse(_ address: String) throws(RPCError) -> (host: String, port: Int) {
    guard let colon = address.lastIndex(of: ":"), colon > address.startIndex,
      let port = UInt16(address[address.index(after: colon)...])
    else {
      throw RPCError(.invalidArgument, "`\(address)` is no address; expected `host:port`")
    }
    let host = address[..<colon]
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    return (String(isBracketed ? host.dropFirst().dropLast() : host), Int(port))
  }
}

/// One attempt to get a connection, on each of the addresses that a name leads to.
private struct Opening {
  let address: String
  let link: EventLoopLink
  let authenticator: any ClientAuthenticator
  let settings: ConnectionSettings
  let tls: TLSSettings?
  let context: NIOSSLContext?
  let timeout: Duration
  let compresses: Bool?
  let polls: Bool
  let onRetired: @Sendable (ClientConnection) -> Void

  /// Returns once TCP is connected.
  func connect(
    to target: SocketAddress, within limit: Duration
  ) async throws(RPCError) -> ClientConnection {
    let sameHost = AddressText.isLoopback(target)
    guard tls != nil || sameHost else {
      throw RPCError(
        .failedPrecondition,
        "`\(address)` is beyond loopback, where TLS is required; name the certificates' folder "
          + "in SLIPWAY_CERTS")
    }
    let bootstrap = ClientBootstrap(group: link.eventLoop)
      .connectTimeout(.nanoseconds(max(limit, .milliseconds(1)).wholeNanoseconds))
      .channelOption(.socketOption(.tcp_nodelay), value: 1)
      .channelOption(
        .writeBufferWaterMark,
        value: SocketOptions.waterMark(bufferedBytesHigh: ServerLimits().bufferedBytesHigh)
      )
      .channelOption(.maxMessagesPerRead, value: SocketOptions.readsPerTurn)
    do {
      return try await bootstrap.connect(to: target) { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.readInto(link.readBuffer)
          let polled = polls ? link.poller?.socket(of: channel) : nil
          let connection = ClientConnection(
            loop: link,
            sink: ChannelFrameSink(channel, buffers: link.writeBuffers, polled: polled),
            authenticator: authenticator,
            settings: settings, address: AddressText.of(target),
            security: tls == nil ? .plain : .tls(peerRole: nil),
            sameHost: compresses.map { !$0 } ?? sameHost, handshakeTimeout: timeout,
            onRetired: onRetired)
          try attach(connection, polled: polled, to: channel.pipeline.syncOperations)
          return connection
        }
      }
    } catch {
      throw ConnectFailure.error(error, address: address, timeout: timeout)
    }
  }

  private func attach(
    _ connection: ClientConnection, polled: PolledSocket?,
    to pipeline: ChannelPipeline.SynchronousOperations
  ) throws {
    guard let tls, let context else {
      try pipeline.addHandler(
        TLSAlertWatch { [address] in
          connection.assumeIsolated {
            $0.close(
              RPCError(
                .failedPrecondition,
                "`\(address)` speaks TLS only; name the certificates' folder in SLIPWAY_CERTS"))
          }
        })
      return try pipeline.addHandler(
        ConnectionHandler(connection, readBuffer: link.readBuffer, polled: polled))
    }
    let failure = TLSFailure(address: address, settings: tls)
    try pipeline.addHandler(ReadBufferReturn(link.readBuffer))
    try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: nil))
    try pipeline.addHandler(
      SecuredHandler(timeout: .nanoseconds(timeout.wholeNanoseconds)) { peerRole in
        connection.assumeIsolated { $0.secured(peerRole: peerRole) }
        // In TLS 1.3 a server may refuse our certificate only now.
        let handler = ConnectionHandler(connection, polled: polled) { error in
          guard error is BoringSSLError else { return }
          connection.assumeIsolated { $0.close(failure.error(error, certificate: nil)) }
        }
        try pipeline.addHandler(handler)
      } failed: { error, certificate in
        let reason = error.map { failure.error($0, certificate: certificate) }
        connection.assumeIsolated { $0.close(reason ?? failure.closedEarly) }
      })
  }
}

/// Why TCP did not connect, for a person.
private enum ConnectFailure {
  static func error(_ cause: any Error, address: String, timeout: Duration) -> RPCError {
    let text =
      switch cause {
      case ChannelError.connectTimeout:
        "`\(address)` did not answer within \(timeout.inSeconds); is its machine up and reachable?"
      case let error as IOError where error.errnoCode == ECONNREFUSED:
        "nothing listens on `\(address)`; is the service running?"
      case let error as IOError where [ENETUNREACH, EHOSTUNREACH].contains(error.errnoCode):
        "no network leads to `\(address)`"
      default: "`\(address)` can't be reached: \(cause)"
      }
    return RPCError(.unavailable, text, retryAfter: .milliseconds(100))
  }
}

extension Duration {
  fileprivate var inSeconds: String {
    formatted(.units(allowed: [.seconds, .milliseconds], width: .narrow))
  }
}
