internal import Base
internal import RPC
internal import Synchronization

/// A call whose model has lost its last worker a moment ago waits for the next one, so that a worker may
/// be restarted also where there is no other. So does one whose model has none because nobody called.
extension ForwardedCall {
  /// A service has one address, and comes back to it; for a worker another one can stand in.
  var connectPatience: MonotonicInstant? {
    guard case .service = destination else { return nil }
    return patience
  }

  /// The end of all waiting for somebody who starts again. It is over for a call whose connection drains,
  /// or it would hold up the gateway's own end.
  var patience: MonotonicInstant {
    guard !caller.assumeIsolated({ $0.isDraining }) else { return receivedAt }
    // A call may have been with a worker for long before that one went.
    let (since, awaitsStart) = state.withLock { ($0.waitsSince ?? receivedAt, $0.awaitsStart) }
    return min(
      deadline, since.advanced(by: awaitsStart ? Self.startPatienceMax : Self.patienceMax))
  }

  static let patienceMax: Duration = .seconds(10)
  /// For a worker that is started for the call: it loads and warms its model first.
  static let startPatienceMax: Duration = .seconds(120)

  /// Waits for other routes, unless there is no hope, no time, or no room.
  func waitForWorker(after error: RouteError) -> Bool {
    let now = caller.assumeIsolated { $0.loop.now }
    let isStarted = forwarder.isStarted(for: error, isSuspect: isSuspect)
    state.withLock { state in
      state.waitsSince = state.waitsSince ?? now
      if isStarted { state.awaitsStart = true }
    }
    guard now < patience, isStarted || forwarder.mayComeBack(error) else { return false }
    let bytes = state.withLock { state in
      state.held == .none ? state.frames.reduce(0) { $0 + $1.body.count } : nil
    }
    if let bytes {
      let size = HeldRequests.Size(requests: 1, bytes: bytes)
      guard holder.counts.held.take(size) else { return false }
      guard forwarder.held.take(size) else {
        holder.counts.held.giveBack(size)
        return false
      }
      state.withLock { $0.held = size }
    }
    state.withLock { $0.futileBeforeWaiting = $0.futileAttempts }
    loop.unrouted.add(self, after: error)
    return true
  }

  /// Nobody has come.
  func waitedInVain(_ error: RouteError) {
    fail(error.rpcError)
  }
}

extension ForwardedCall.State {
  /// It has waited for a worker: then routes have changed.
  var hasWaited: Bool { waitsSince != nil }
}
