package import Base
internal import Synchronization

/// Calls on one address, over connections that are made when they are needed and made anew when they are
/// lost.
///
/// Lives on the loop of its first connection. What a call needs of it is behind a lock of its own.
package actor ConnectionPool {
  /// Connects on a loop, and returns when calls may be made.
  package typealias Dial =
    nonisolated(nonsending) @Sendable (
      _ loop: any ConnectionLoop, _ onRetired: @escaping @Sendable (ClientConnection) -> Void
    ) async throws(RPCError) -> ClientConnection

  let home: any ConnectionLoop
  let settings: PoolSettings
  let ready = Mutex(ReadyConnections())
  private let dial: Dial
  private var random: any RandomNumberGenerator & Sendable
  private var slots: [Slot]
  private var waiters: [Int: Waiter] = [:]
  private var waiterCount = 0
  private var latestFailure = RPCError(.unavailable, "no connection has come about yet")

  private struct Slot {
    enum State {
      case vacant
      /// Will be dialled when its time has come.
      case waiting
      case dialling(Task<Void, Never>)
      case ready(ClientConnection)
    }

    let loop: any ConnectionLoop
    var state = State.vacant
    var backoff = ReconnectBackoff()
  }

  private struct Waiter {
    /// Goes on waiting after a failed attempt.
    var isPatient: Bool
    var continuation: CheckedContinuation<Result<ClientConnection, RPCError>, Never>
  }

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    // The loop outlives what lives on it: each of them holds it.
    unsafe home.executor.asUnownedSerialExecutor()
  }

  /// - Parameters:
  ///   - loops: where connections live, one after the other; at least one.
  ///   - random: spreads the attempts to connect.
  package init(
    loops: [any ConnectionLoop], settings: PoolSettings,
    random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator(),
    dial: @escaping Dial
  ) {
    precondition(!loops.isEmpty && settings.connections > 0, "a pool has a loop and a connection")
    home = loops[0]
    self.settings = settings
    self.random = random
    self.dial = dial
    slots = (0..<settings.connections).map { Slot(loop: loops[$0 % loops.count]) }
  }

  /// A connection that takes calls.
  ///
  /// - Parameter end: until when to wait while attempts fail; without it the first one decides.
  /// - Throws: `unavailable` if nothing answers, or what the handshake refuses; nothing has begun then. An
  ///   attempt that follows a failed one waits a little, so that a dead server is not stormed.
  package nonisolated func connected(
    until end: MonotonicInstant? = nil
  ) async throws(RPCError) -> ClientConnection {
    if let open = pick(earning: false) { return open }
    return try await connect(until: end)
  }

  /// Returns when there is a connection, which may take a few attempts.
  ///
  /// - Throws: what the last attempt failed with.
  package nonisolated func connect(within limit: Duration) async throws(RPCError) {
    _ = try await connected(until: home.now.advanced(by: limit))
  }

  /// A connection that takes calls right now.
  ///
  /// - Parameter earning: whether a new call is to be made on it.
  nonisolated func pick(earning: Bool) -> ClientConnection? {
    let (open, isShort) = ready.withLock { ready in
      if earning { ready.retries.earn() }
      let open = ready.next()
      let isShort = ready.isShort && open != nil
      if isShort { ready.isShort = false }
      return (open, isShort)
    }
    if isShort { home.execute { [weak self] in self?.assumeIsolated { $0.fill() } } }
    return open
  }

  /// Closes the connections, also those that are being made; a later call makes another.
  package func close() async {
    let error = RPCError(.cancelled, "the channel was closed")
    for slot in slots {
      guard case .dialling(let dial) = slot.state else { continue }
      dial.cancel()
      await dial.value
    }
    fail(waiters.keys.sorted(), error)
    for open in ready.withLock({ $0.removeAll() }) {
      await open.drain()
      await open.close(error)
    }
  }

  // MARK: Waiting

  /// Callers that wait for a connection.
  package var waitingCount: Int { waiters.count }

  private func connect(until end: MonotonicInstant?) async throws(RPCError) -> ClientConnection {
    if let open = pick(earning: false) { return open }
    waiterCount += 1
    let number = waiterCount
    let left = RPCError(.cancelled, "the caller cancelled the call").notBegun()
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation {
        (continuation: CheckedContinuation<Result<ClientConnection, RPCError>, Never>) in
        guard !Task.isCancelled else { return continuation.resume(returning: .failure(left)) }
        waiters[number] = Waiter(isPatient: end != nil, continuation: continuation)
        if let end { giveUp(number, at: end) }
        fill()
      }
    } onCancel: {
      home.execute { [weak self] in self?.assumeIsolated { $0.fail([number], left) } }
    }
    return try result.get()
  }

  private func giveUp(_ number: Int, at end: MonotonicInstant) {
    home.schedule(at: end) { [weak self] in
      self?.assumeIsolated { $0.fail([number], $0.latestFailure.notBegun()) }
    }
  }

  private func fail(_ numbers: [Int], _ error: RPCError) {
    for number in numbers {
      waiters.removeValue(forKey: number)?.continuation.resume(returning: .failure(error))
    }
  }

  // MARK: Dialling

  /// Has every vacant place dialled, each when its time has come.
  private func fill() {
    let now = home.now
    for index in slots.indices {
      guard case .vacant = slots[index].state else { continue }
      let wait = slots[index].backoff.wait(at: now)
      guard wait > .zero else {
        startDial(index)
        continue
      }
      slots[index].state = .waiting
      home.schedule(at: now.advanced(by: wait)) { [weak self] in
        self?.assumeIsolated { $0.dialUnlessUnwanted(index) }
      }
    }
  }

  private func dialUnlessUnwanted(_ index: Int) {
    let isWanted = !waiters.isEmpty || ready.withLock { !$0.connections.isEmpty }
    guard isWanted else { return slots[index].state = .vacant }
    startDial(index)
  }

  /// Each dial ends by itself, at the latest with its time-out; ``close()`` awaits those that have not.
  private func startDial(_ index: Int) {
    slots[index].state = .dialling(Task { await self.dial(index) })
  }

  private func dial(_ index: Int) async {
    let result: Result<ClientConnection, RPCError>
    do throws(RPCError) {
      result = .success(
        try await dial(slots[index].loop) { [weak self] retired in
          self?.forget(retired, at: index)
        })
    } catch {
      result = .failure(error)
    }
    await finishDial(index, result)
  }

  private func finishDial(_ index: Int, _ result: Result<ClientConnection, RPCError>) async {
    switch result {
    case .success(let opened):
      slots[index].state = .ready(opened)
      slots[index].backoff.succeeded(at: home.now)
      ready.withLock { $0.add(opened) }
      for number in waiters.keys.sorted() {
        waiters.removeValue(forKey: number)?.continuation.resume(returning: .success(opened))
      }
      // It may have been lost again before we kept it: then nobody tells us any more.
      if await !opened.isReady { forget(opened, at: index) }
    case .failure(let error):
      slots[index].state = .vacant
      slots[index].backoff.failed(at: home.now, using: &random)
      latestFailure = error
      // Waiting helps against nothing but a server that is not there.
      let isFinal = error.code != .unavailable
      fail(waiters.filter { isFinal || !$0.value.isPatient }.keys.sorted(), error.notBegun())
      ready.withLock { $0.isShort = true }
      if !waiters.isEmpty { fill() }
    }
  }

  private nonisolated func forget(_ retired: ClientConnection, at index: Int) {
    ready.withLock { $0.remove(retired) }
    home.execute { [weak self] in self?.assumeIsolated { $0.lost(retired, at: index) } }
  }

  private func lost(_ retired: ClientConnection, at index: Int) {
    guard case .ready(let connection) = slots[index].state, connection === retired else { return }
    slots[index].state = .vacant
    slots[index].backoff.lost(at: home.now, using: &random)
    if !waiters.isEmpty { fill() }
  }
}
