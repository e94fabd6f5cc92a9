internal import Base
internal import RPC
internal import Synchronization

/// The calls of one event loop that wait for a worker to come back; tries them again whenever routes have
/// changed, and ends those that have waited long enough.
final class UnroutedCalls: Sendable {
  /// How long a call that could go on waits at most for somebody to notice.
  private static let sweepInterval: Duration = .milliseconds(20)

  private let loop: any ConnectionLoop
  private let routes: RouteBook
  private let state = Mutex(State())

  private struct State {
    var calls: [ObjectIdentifier: (call: ForwardedCall, error: RouteError)] = [:]
    var seen = Routes(revision: 0, hasSynced: false)
    /// One timer for all.
    var isTimed = false
  }

  private struct Routes: Sendable, Hashable {
    var revision: UInt64
    var hasSynced: Bool
  }

  init(loop: any ConnectionLoop, routes: RouteBook) {
    self.loop = loop
    self.routes = routes
  }

  var count: Int { state.withLock { $0.calls.count } }

  func add(_ call: ForwardedCall, after error: RouteError) {
    let mustTime = state.withLock { state in
      state.calls[ObjectIdentifier(call)] = (call, error)
      defer { state.isTimed = true }
      return !state.isTimed
    }
    if mustTime { scheduleSweep() }
  }

  func remove(_ call: ForwardedCall) {
    state.withLock { _ = $0.calls.removeValue(forKey: ObjectIdentifier(call)) }
  }

  private func scheduleSweep() {
    loop.schedule(at: loop.now.advanced(by: Self.sweepInterval)) { [weak self] in self?.sweep() }
  }

  private func sweep() {
    let now = loop.now
    let current = Routes(revision: routes.currentRevision, hasSynced: routes.hasSynced)
    let (late, ready) = state.withLock { state in
      let late = state.calls.values.filter { $0.call.patience <= now }
      for (call, _) in late { state.calls[ObjectIdentifier(call)] = nil }
      guard state.seen != current else {
        // Their turn comes when the one before them is done.
        let suspects = state.calls.values.map(\.call).filter(\.isSuspect)
        for call in suspects { state.calls[ObjectIdentifier(call)] = nil }
        return (late, suspects)
      }
      state.seen = current
      defer { state.calls = [:] }
      return (late, state.calls.values.map(\.call))
    }
    for (call, error) in late { call.waitedInVain(error) }
    // Those that find nobody add themselves again.
    for call in ready { call.attempt(excluding: nil) }
    let mustGoOn = state.withLock { state in
      state.isTimed = !state.calls.isEmpty
      return state.isTimed
    }
    if mustGoOn { scheduleSweep() }
  }
}
