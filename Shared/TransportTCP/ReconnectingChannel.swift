package import Base
package import RPC
internal import Synchronization

/// Calls on one address, over a connection that is made when it is needed and made anew when it is lost.
package actor ReconnectingChannel: Channel {
  private let address: String
  private let link: EventLoopLink
  private let authenticator: any ClientAuthenticator
  private let settings: ConnectionSettings
  private let tls: TLSSettings?
  /// Told of its loss on its own loop, so it has a lock of its own.
  private let connection = Mutex<ClientConnection?>(nil)
  private var dial: Task<Result<ClientConnection, RPCError>, Never>?
  private var backoff = ReconnectBackoff()

  /// - Parameter address: `host:port`.
  package init(
    address: String, link: EventLoopLink, authenticator: any ClientAuthenticator,
    settings: ConnectionSettings = ConnectionSettings(), tls: TLSSettings?
  ) {
    self.address = address
    self.link = link
    self.authenticator = authenticator
    self.settings = settings
    self.tls = tls
  }

  package nonisolated func call<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request, options: CallOptions
  ) async throws(RPCError) -> Response {
    try await connected().call(method, request, options: options)
  }

  package nonisolated func stream<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request, options: CallOptions
  ) async throws(RPCError) -> ResponseStream<Response> {
    try await connected().stream(method, request, options: options)
  }

  /// A connection that takes calls.
  ///
  /// - Throws: `unavailable` if nothing answers, or what the handshake refuses. After a failure the next
  ///   attempt waits a little, so that a dead service is not stormed.
  package func connected() async throws(RPCError) -> ClientConnection {
    if let open = connection.withLock({ $0 }) { return open }
    let attempt = dial ?? startDial()
    return try await attempt.value.get()
  }

  /// Closes the connection, also one that is being made; a later call makes another.
  package func close() async {
    dial?.cancel()
    _ = await dial?.value
    let open = connection.withLock { connection in
      defer { connection = nil }
      return connection
    }
    await open?.close(RPCError(.cancelled, "the channel was closed"))
  }

  /// One dial serves all who wait; each of them awaits it, and so does ``close()``.
  private func startDial() -> Task<Result<ClientConnection, RPCError>, Never> {
    let wait = backoff.wait(at: link.now)
    let task = Task { () async -> Result<ClientConnection, RPCError> in
      if wait > .zero { try? await Task.sleep(for: wait) }
      let result: Result<ClientConnection, RPCError>
      do throws(RPCError) {
        guard !Task.isCancelled else { throw RPCError(.cancelled, "the channel was closed") }
        let opened = try await TCPClient.connect(
          to: address, on: link, authenticator: authenticator, settings: settings, tls: tls,
          onRetired: { [weak self] retired in self?.forget(retired) })
        result = .success(opened)
      } catch {
        result = .failure(error)
      }
      await finishDial(result)
      return result
    }
    dial = task
    return task
  }

  private func finishDial(_ result: Result<ClientConnection, RPCError>) async {
    dial = nil
    switch result {
    case .success(let opened):
      connection.withLock { $0 = opened }
      backoff.succeeded()
      // It may have been lost again before we kept it: then nobody tells us any more.
      if await !opened.isReady { forget(opened) }
    case .failure: backoff.failed(at: link.now)
    }
  }

  private nonisolated func forget(_ retired: ClientConnection) {
    connection.withLock { connection in
      if connection === retired { connection = nil }
    }
  }
}

/// How long to wait before the next attempt to connect: doubling, jittered, bounded.
package struct ReconnectBackoff: Sendable {
  package static let first = Duration.milliseconds(20)
  package static let longest = Duration.seconds(2)

  private var next = first
  private var notBefore = MonotonicInstant(nanoseconds: 0)

  package init() {}

  package func wait(at now: MonotonicInstant) -> Duration {
    .nanoseconds(Int64(clamping: notBefore.nanoseconds(since: now)))
  }

  package mutating func failed(at now: MonotonicInstant) {
    // Half fixed, half by chance: callers that lost the same server don't come back together.
    notBefore = now.advanced(by: next / 2 + next * Double.random(in: 0...0.5))
    next = min(next * 2, Self.longest)
  }

  package mutating func succeeded() {
    next = Self.first
  }
}
