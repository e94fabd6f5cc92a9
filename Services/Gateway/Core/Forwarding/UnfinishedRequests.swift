internal import Base
internal import RPC
internal import Synchronization

/// The requests of one event loop of which parts are still to come; ends those that take too long.
final class UnfinishedRequests: Sendable {
  /// From a request's first part to its last: the longest message comes in that time at 9 Mbit/s.
  static let timeMax: Duration = .seconds(60)
  private static let sweepInterval: Duration = .seconds(1)

  private let loop: any ConnectionLoop
  private let state = Mutex(State())

  private struct State {
    var calls: [ObjectIdentifier: ForwardedCall] = [:]
    /// One timer for all, so that requests which begin and end cost none.
    var isTimed = false
  }

  init(loop: any ConnectionLoop) {
    self.loop = loop
  }

  var count: Int { state.withLock { $0.calls.count } }

  func add(_ call: ForwardedCall) {
    let mustTime = state.withLock { state in
      state.calls[ObjectIdentifier(call)] = call
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
    let late = state.withLock { state in
      state.calls.values.filter { $0.receivedAt.advanced(by: Self.timeMax) <= now }
    }
    for call in late { call.tookTooLong() }
    let mustGoOn = state.withLock { state in
      state.isTimed = !state.calls.isEmpty
      return state.isTimed
    }
    if mustGoOn { scheduleSweep() }
  }
}
