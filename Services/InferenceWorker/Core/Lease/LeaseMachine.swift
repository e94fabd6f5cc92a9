package import Base

/// What keeps a worker's lease alive: a pure machine that says what to do next and is told how it went.
///
/// A worker goes on serving whatever happens to its lease: the registry may be away, restart or forget
/// it, and callers must not notice.
package struct LeaseMachine: Sendable {
  package enum Step: Sendable, Hashable {
    case acquire
    case renew
    case release
    /// Nothing is to be done before this moment.
    case wait(until: MonotonicInstant)
    /// The lease is given back, or nothing more can be done for it.
    case stop
  }

  /// What a call to the registry came to.
  package enum Outcome: Sendable, Hashable {
    /// The registry's lease: whether it asks to drain, and how long a fresh one lives if it says so.
    case granted(isDraining: Bool, lifetime: Duration?)
    /// The registry knows of no such lease.
    case lost
    /// It did not answer, or refused for a reason that may pass.
    case failed
  }

  /// A renewal each third of the lifetime survives two that get lost.
  package static let renewalsPerLifetime = 3
  /// However long leases live, the registry and the gateway want to know how busy a worker is.
  package static let intervalRange: ClosedRange<Duration> = .milliseconds(100)...(.seconds(2))
  package static let retryFirst: Duration = .milliseconds(100)
  package static let retryMax: Duration = .seconds(2)
  /// A registry that is away does not keep a worker from ending: the lease runs out by itself.
  package static let releaseAttemptsMax = 3

  private enum State: Hashable {
    case without
    case held
    case releasing(attempts: Int)
    case over
  }

  private var state = State.without
  private var dueAt: MonotonicInstant
  private var interval = LeaseMachine.intervalRange.lowerBound
  private var retry = LeaseMachine.retryFirst
  /// Whether the registry has asked for draining.
  package private(set) var isAskedToDrain = false

  /// Wants to acquire at once.
  package init(now: MonotonicInstant) {
    dueAt = now
  }

  package var isHeld: Bool { state == .held }

  package func step(now: MonotonicInstant) -> Step {
    if state == .over { return .stop }
    guard dueAt <= now else { return .wait(until: dueAt) }
    switch state {
    case .without: return .acquire
    case .held: return .renew
    case .releasing: return .release
    case .over: return .stop
    }
  }

  /// What `acquire` or `renew` came to. An answer that comes after `release` was asked for changes
  /// nothing: the lease is released all the same.
  package mutating func finished(_ outcome: Outcome, now: MonotonicInstant) {
    guard state == .without || state == .held else { return }
    switch outcome {
    case .granted(let isDraining, let lifetime):
      if let lifetime {
        interval = min(
          max(lifetime / Self.renewalsPerLifetime, Self.intervalRange.lowerBound),
          Self.intervalRange.upperBound)
      }
      isAskedToDrain = isAskedToDrain || isDraining
      state = .held
      retry = Self.retryFirst
      dueAt = now.advanced(by: interval)
    case .lost where state == .held:
      state = .without
      dueAt = now
    case .lost, .failed: again(now)
    }
  }

  /// From now on the lease is to be given back.
  package mutating func release(now: MonotonicInstant) {
    switch state {
    case .without, .held:
      state = .releasing(attempts: 0)
      retry = Self.retryFirst
      dueAt = now
    case .releasing, .over: break
    }
  }

  /// What `release` came to.
  package mutating func released(_ isDone: Bool, now: MonotonicInstant) {
    guard case .releasing(let attempts) = state else { return }
    guard !isDone, attempts + 1 < Self.releaseAttemptsMax else {
      state = .over
      return
    }
    state = .releasing(attempts: attempts + 1)
    again(now)
  }

  private mutating func again(_ now: MonotonicInstant) {
    dueAt = now.advanced(by: retry)
    retry = min(retry * 2, Self.retryMax)
  }
}
