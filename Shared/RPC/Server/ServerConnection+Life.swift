internal import Base
internal import Wire

/// How long a connection lives: as long as it is used, and its peer is there.
extension ServerConnection {
  // MARK: Idleness

  /// From ready on: closes the connection once no call has come, and none was under way, for the time
  /// that the server's limits say. The peer makes its next call on another connection.
  func closeWhenIdle() {
    lastCalledAt = loop.now
    lookForCalls(at: loop.now.advanced(by: core.limits.idleTimeout))
  }

  /// A connection that is gone leaves its timer behind, but not for long.
  private static let lookInterval: Duration = .seconds(30)

  private func lookForCalls(at instant: MonotonicInstant) {
    loop.schedule(at: min(instant, loop.now.advanced(by: Self.lookInterval))) { [weak self] in
      self?.assumeIsolated { $0.closeIfIdle() }
    }
  }

  private func closeIfIdle() {
    guard !isClosed, !isDraining else { return }
    let isBusy = !streams.isEmpty || taskCount > 0
    let idleSince = isBusy ? loop.now : lastCalledAt
    let end = idleSince.advanced(by: core.limits.idleTimeout)
    guard end <= loop.now else { return lookForCalls(at: end) }
    drain(because: "no call came for a long time")
  }

  // MARK: The peer's end

  /// The peer makes no further calls: closes as soon as those that have begun have their answers.
  func leave() {
    guard !hasPeerLeft else { return }
    hasPeerLeft = true
    isDraining = true
    closeIfDrained()
  }

  // MARK: Signs of life

  /// While calls are under way, a peer that says nothing is asked whether it is there.
  func watchPeer() {
    lookForPeer(at: watch.start(at: loop.now))
  }

  private func lookForPeer(at instant: MonotonicInstant) {
    loop.schedule(at: instant) { [weak self] in
      self?.assumeIsolated { $0.findOutAboutPeer() }
    }
  }

  private func findOutAboutPeer() {
    guard !isClosed else { return }
    // A peer whose requests are not read can't be heard.
    if !mayRead { watch.hasHeard = true }
    switch watch.look(isWaiting: !streams.isEmpty, at: loop.now) {
    case .rest: break
    case .look(let next): lookForPeer(at: next)
    case .ask(let next):
      writeControl(.ping, head: [])
      flush()
      lookForPeer(at: next)
    case .giveUp:
      goAway(RPCError(.unavailable, "nothing was heard of you, and a ping was not answered"))
    }
  }
}
