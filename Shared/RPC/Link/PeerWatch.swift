internal import Base

/// When a peer that says nothing counts as gone.
///
/// One that vanished without a word is noticed within twice `quiet` and `answer`.
package struct Liveness: Sendable, Hashable {
  /// Silence, while calls are under way, after which the peer is asked for a sign of life.
  package var quiet: Duration
  /// Time for it to say anything at all.
  package var answer: Duration

  package init(quiet: Duration, answer: Duration) {
    self.quiet = quiet
    self.answer = answer
  }

  /// For peers in the same house.
  package static let near = Liveness(quiet: .seconds(2), answer: .seconds(5))
  /// For peers behind networks that may be slow: a request that takes long to send may keep the ping back.
  package static let far = Liveness(quiet: .seconds(10), answer: .seconds(20))
}

/// Finds out whether a silent peer is still there: a pure machine.
///
/// Whatever is heard counts as a sign of life, so a busy connection carries no pings.
struct PeerWatch: Sendable {
  enum Step: Sendable, Hashable {
    /// Nobody waits for the peer: nothing is to be done until ``start(at:)``.
    case rest
    case look(at: MonotonicInstant)
    /// Send a ping now.
    case ask(lookAt: MonotonicInstant)
    case giveUp
  }

  /// Pings in a row that may go unanswered while we ourselves come late.
  private static let asksMax = 2

  private let liveness: Liveness
  private var asks = 0
  private var dueAt = MonotonicInstant(nanoseconds: 0)
  private(set) var isOn = false
  /// Something came from the peer.
  var hasHeard = false

  init(_ liveness: Liveness) {
    self.liveness = liveness
  }

  /// Whether the peer was asked and has not answered yet.
  var isAsking: Bool { asks > 0 && !hasHeard }

  /// - Returns: when to look.
  mutating func start(at now: MonotonicInstant) -> MonotonicInstant {
    isOn = true
    asks = 0
    hasHeard = false
    return due(now.advanced(by: liveness.quiet))
  }

  /// - Parameter isWaiting: whether calls are under way.
  mutating func look(isWaiting: Bool, at now: MonotonicInstant) -> Step {
    defer { hasHeard = false }
    guard isWaiting else {
      isOn = false
      asks = 0
      return .rest
    }
    guard !hasHeard else {
      asks = 0
      return .look(at: due(now.advanced(by: liveness.quiet)))
    }
    // Who was stopped itself, or had no processor, must not blame the peer.
    let isLate = now > dueAt.advanced(by: liveness.answer / 2)
    guard asks == 0 || isLate && asks < Self.asksMax else { return .giveUp }
    asks += 1
    return .ask(lookAt: due(now.advanced(by: liveness.answer)))
  }

  private mutating func due(_ instant: MonotonicInstant) -> MonotonicInstant {
    dueAt = instant
    return instant
  }
}
