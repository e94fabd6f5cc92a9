package import RPC
internal import Wire

/// A client's and a server's connection in one process, joined by two pipes of bytes.
///
/// Everything is as over TCP but the socket: the same frames, the same handshake, the same loop's thread
/// for both sides.
package final class InProcessLink: Sendable {
  package let client: ClientConnection
  package let server: ServerConnection
  private let toServer: BytePipe
  private let toClient: BytePipe

  /// Joins a new connection of `core` with a client.
  ///
  /// - Parameters:
  ///   - dialled: the address that the client thinks it speaks to; the listener's own if `nil`.
  ///   - compresses: whether both sides take each other for another machine.
  ///   - cuts: where the bytes of each direction are cut.
  ///   - isPaused: whether the client reads nothing until ``pauseClient(_:)`` says so.
  package static func connect(
    core: ServerCore, loop: any ConnectionLoop, authenticator: any ClientAuthenticator,
    settings: ConnectionSettings = ConnectionSettings(), address: String = "in-process:1",
    dialled: String? = nil, security: TransportSecurity = .plain, compresses: Bool = false,
    cuts: ByteCuts = .none, isPaused: Bool = false,
    onRetired: @escaping @Sendable (ClientConnection) -> Void = { _ in }
  ) -> InProcessLink {
    let link = InProcessLink(
      core: core, loop: loop, authenticator: authenticator, settings: settings, address: address,
      dialled: dialled ?? address, security: security, compresses: compresses, cuts: cuts,
      onRetired: onRetired)
    link.toClient.isPaused = isPaused
    link.open(loop)
    return link
  }

  private init(
    core: ServerCore, loop: any ConnectionLoop, authenticator: any ClientAuthenticator,
    settings: ConnectionSettings, address: String, dialled: String, security: TransportSecurity,
    compresses: Bool, cuts: ByteCuts, onRetired: @escaping @Sendable (ClientConnection) -> Void
  ) {
    toServer = BytePipe(loop: loop, cuts: cuts)
    toClient = BytePipe(loop: loop, cuts: cuts)
    client = ClientConnection(
      loop: loop, sink: toServer, authenticator: authenticator, settings: settings,
      address: dialled, security: security, sameHost: !compresses, onRetired: onRetired)
    server = ServerConnection(
      core: core, loop: loop, sink: toClient, address: address, security: security,
      sameHost: !compresses)
  }

  private func open(_ loop: any ConnectionLoop) {
    loop.execute { [self] in
      Self.join(toServer, to: server, back: toClient)
      Self.join(toClient, to: client, back: toServer)
      toServer.taken = { [client] in client.assumeIsolated { $0.writable() } }
      toClient.taken = { [server, toServer] in
        server.assumeIsolated { $0.writable() }
        toServer.deliver()
      }
      server.assumeIsolated { $0.opened() }
      client.assumeIsolated { $0.opened() }
    }
  }

  private static func join(
    _ pipe: BytePipe, to connection: some FrameConnection, back: BytePipe
  ) {
    pipe.reader = BytePipe.Reader(
      receive: { bytes in connection.assumeIsolated { $0.receive(bytes) } },
      delivered: { connection.assumeIsolated { $0.flush() } },
      mayRead: { connection.assumeIsolated { $0.mayRead } },
      ended: {
        back.close()
        connection.assumeIsolated { $0.closed() }
      })
  }

  // MARK: What tests do to a connection

  /// Bytes that have arrived, both ways together.
  package var deliveredByteCount: Int {
    get async {
      await client.onLoop { [toServer, toClient] in
        toServer.deliveredByteCount + toClient.deliveredByteCount
      }
    }
  }

  /// Bytes that the server has written and the client has not taken.
  package var bufferedToClient: Int {
    get async { await client.onLoop { [toClient] in toClient.bufferedByteCount } }
  }

  /// Stops or resumes what the client reads: a peer that does not take its answers.
  package func pauseClient(_ isPaused: Bool) async {
    await client.onLoop { [toClient] in
      toClient.isPaused = isPaused
      if !isPaused { toClient.deliver() }
    }
  }

  /// Writes bytes of the test's own on the client's behalf.
  package func write(_ bytes: [UInt8]) async {
    await client.onLoop { [toServer] in
      toServer.write(bytes)
      toServer.flush()
    }
  }

  /// The connection breaks: both sides hear of it.
  package func lose() async {
    await client.onLoop { [toServer, toClient] in
      toServer.close()
      toClient.close()
    }
  }
}

extension ClientConnection {
  /// Runs `work` on the connection's loop.
  func onLoop<Result: Sendable>(_ work: @Sendable () -> Result) -> Result {
    work()
  }
}
