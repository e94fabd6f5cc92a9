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
    countKept()
    // A peer whose requests are not read can't be heard.
    if !mayRead { watch.hasHeard = true }
    let timeout = core.limits.untakenTimeout
    guard !untaken.isOver(isRead: mayRead, timeout: timeout, at: loop.now) else {
      return giveWay(
        RPCError(
          .unavailable, "nothing of your answers was taken for \(timeout.components.seconds) s"))
    }
    switch watch.look(isWaiting: !streams.isEmpty || isUntaken, at: loop.now) {
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

  /// The peer owes us that it takes its answers, whether or not it has calls.
  private var isUntaken: Bool { !mayRead || sink.waitingByteCount > 0 }

  // MARK: What is kept for the peer

  /// Counts what is kept for the peer, and tells the server in steps.
  func countKept() {
    let before = unsentByteCount
    unsentByteCount = isGone ? 0 : sink.bufferedByteCount
    if unsentByteCount < before, before > core.limits.bufferedBytesHigh { untaken.hasTaken = true }
    if isUntaken, origin != nil, !watch.isOn, !isClosed { watchPeer() }
    let kept =
      isGone ? 0 : unsentByteCount + sink.waitingByteCount + Self.memory(of: partialByteCount)
    let untold = kept - toldKeptByteCount
    guard abs(untold) >= core.step(.kept) || kept == 0 && toldKeptByteCount != 0 else { return }
    toldKeptByteCount = kept
    core.change(.kept, by: untold, of: self)
  }

  /// What a buffer takes that grows as its bytes come: it is doubled each time.
  private static func memory(of byteCount: Int) -> Int {
    byteCount == 0 ? 0 : 1 << (Int.bitWidth - (byteCount - 1).leadingZeroBitCount)
  }

  // MARK: Rights

  /// While calls are under way, their caller's right to them is looked at now and then: a stream may run
  /// for days.
  func watchRights() {
    guard !isRightsCheckDue, !core.reviewingGates.isEmpty else { return }
    isRightsCheckDue = true
    loop.schedule(at: loop.now.advanced(by: core.limits.rightsInterval)) { [weak self] in
      self?.assumeIsolated { $0.reviewRights() }
    }
  }

  private func reviewRights() {
    isRightsCheckDue = false
    guard !isClosed, !streams.isEmpty, let origin else { return }
    do throws(RPCError) {
      for gate in core.reviewingGates { try gate.review(origin) }
    } catch {
      return goAway(error)
    }
    watchRights()
  }
}
