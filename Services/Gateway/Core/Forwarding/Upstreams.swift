internal import Base
package import RPC

/// The connections of one event loop to the services behind the gateway, by address.
///
/// Lives on its loop: the connections of clients on the same loop hand their calls over without a hop.
package actor Upstreams {
  let loop: any ConnectionLoop
  private let dialer: any ConnectionDialer
  private var upstreams: [String: Upstream] = [:]
  /// Connections that are being made. Each ends by itself, at the latest with the connect time-out;
  /// ``close()`` awaits those that have not.
  private var dials: [String: Task<Void, Never>] = [:]
  private var random: any RandomNumberGenerator & Sendable

  /// What a caller gets.
  enum Found {
    case ready(ClientConnection)
    /// The caller will be told.
    case waiting
    /// It was tried a moment ago, in vain.
    case failed(RPCError)
  }

  private struct Upstream {
    enum State {
      case vacant
      /// Will be dialled when its time has come.
      case waiting
      case dialling
      case ready(ClientConnection)
    }

    let role: String
    var state = State.vacant
    var backoff = ReconnectBackoff()
    var waiters: [any UpstreamWaiter] = []
    var latestFailure = RPCError(.unavailable, "the connection was lost")
  }

  /// Addresses that are remembered; workers come and go, each on a port of its own.
  private static let rememberedMax = 2_048

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    // The loop outlives what lives on it: each of them holds it.
    unsafe loop.executor.asUnownedSerialExecutor()
  }

  /// - Parameter random: spreads the attempts to connect.
  package init(
    loop: any ConnectionLoop, dialer: any ConnectionDialer,
    random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
  ) {
    self.loop = loop
    self.dialer = dialer
    self.random = random
  }

  /// A connection that takes calls right now. If there is none yet, `waiter` is told of the outcome.
  func connection(
    to address: String, role: String, else waiter: any UpstreamWaiter
  ) -> Found {
    if case .ready(let connection)? = upstreams[address]?.state { return .ready(connection) }
    var upstream = upstreams[address] ?? Upstream(role: role)
    if waiter.connectPatience == nil, upstream.backoff.wait(at: loop.now) > ReconnectBackoff.first {
      return .failed(upstream.latestFailure.notBegun())
    }
    upstream.waiters.append(waiter)
    upstreams[address] = upstream
    dialInTime(address)
    return .waiting
  }

  /// Connects ahead of the first call.
  package func prepare(_ address: String, role: String) {
    if upstreams.count > Self.rememberedMax { forgetVacant() }
    let upstream = upstreams[address] ?? Upstream(role: role)
    guard case .vacant = upstream.state, upstream.backoff.wait(at: loop.now) == .zero else {
      return
    }
    upstreams[address] = upstream
    dial(address)
  }

  /// The same, from anywhere.
  package nonisolated func prepareSoon(_ address: String, role: String) {
    loop.execute { [weak self] in self?.assumeIsolated { $0.prepare(address, role: role) } }
  }

  /// Ends the dials that are under way, and returns when they have ended. Connections are told that no
  /// further call comes.
  package func close() async {
    let underWay = Array(dials.values)
    for dial in underWay { dial.cancel() }
    for dial in underWay { await dial.value }
    for upstream in upstreams.values {
      guard case .ready(let connection) = upstream.state else { continue }
      await connection.drain()
    }
  }

  // MARK: Dialling

  /// Dials a vacant address when its time has come.
  private func dialInTime(_ address: String) {
    guard let upstream = upstreams[address], case .vacant = upstream.state else { return }
    let wait = upstream.backoff.wait(at: loop.now)
    guard wait > .zero else { return dial(address) }
    upstreams[address]?.state = .waiting
    loop.schedule(at: loop.now.advanced(by: wait)) { [weak self] in
      self?.assumeIsolated { $0.dialUnlessUnwanted(address) }
    }
  }

  private func dialUnlessUnwanted(_ address: String) {
    guard let upstream = upstreams[address], case .waiting = upstream.state else { return }
    upstreams[address]?.state = .vacant
    if !upstream.waiters.isEmpty { dial(address) }
  }

  private func dial(_ address: String) {
    guard let role = upstreams[address]?.role else { return }
    upstreams[address]?.state = .dialling
    dials[address] = Task { await self.dial(address, role: role) }
  }

  private func dial(_ address: String, role: String) async {
    let result: Result<ClientConnection, RPCError>
    do throws(RPCError) {
      let connection = try await dialer.dial(address, role: role, on: loop) {
        [weak self] retired in self?.assumeIsolated { $0.forget(retired, at: address) }
      }
      result = .success(connection)
    } catch {
      result = .failure(error)
    }
    finish(address, result)
  }

  private func finish(_ address: String, _ result: Result<ClientConnection, RPCError>) {
    dials[address] = nil
    guard var upstream = upstreams[address], case .dialling = upstream.state else { return }
    var told: [any UpstreamWaiter] = []
    switch result {
    case .success(let connection) where connection.assumeIsolated({ $0.isReady }):
      upstream.state = .ready(connection)
      upstream.backoff.succeeded(at: loop.now)
      swap(&told, &upstream.waiters)
    case .success:
      // Lost again before we were told of it: who waits finds that out on it.
      upstream.state = .vacant
      upstream.backoff.lost(at: loop.now, using: &random)
      swap(&told, &upstream.waiters)
    case .failure(let error):
      upstream.state = .vacant
      upstream.backoff.failed(at: loop.now, using: &random)
      upstream.latestFailure = error
      let next = loop.now.advanced(by: upstream.backoff.wait(at: loop.now))
      // Waiting helps against nothing but a server that is not there.
      let isFinal = error.code != .unavailable
      let waiters = upstream.waiters
      told = waiters.filter { isFinal || ($0.connectPatience ?? loop.now) <= next }
      upstream.waiters = waiters.filter { !isFinal && ($0.connectPatience ?? loop.now) > next }
    }
    upstreams[address] = upstream
    for waiter in told { waiter.connected(result) }
    if !upstream.waiters.isEmpty { dialInTime(address) }
  }

  private func forget(_ retired: ClientConnection, at address: String) {
    guard case .ready(let connection)? = upstreams[address]?.state, connection === retired else {
      return
    }
    upstreams[address]?.state = .vacant
    upstreams[address]?.backoff.lost(at: loop.now, using: &random)
  }

  private func forgetVacant() {
    upstreams = upstreams.filter { _, upstream in
      if case .vacant = upstream.state { false } else { true }
    }
  }
}

/// Waits for a connection. Told on the loop.
protocol UpstreamWaiter: Sendable {
  /// Until when it waits while attempts fail; without it the first one decides.
  var connectPatience: MonotonicInstant? { get }
  func connected(_ result: Result<ClientConnection, RPCError>)
}
