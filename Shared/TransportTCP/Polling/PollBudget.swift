/// Whether a loop polls before it sleeps, and until when. Times are nanoseconds of one monotonic clock.
///
/// A window begins with each activity and ends by its bound, which is a miss, or when there is something to
/// read, a hit. Where misses prevail the loop rests, each time longer, then tries one window: what is polled
/// in vain is bounded, and nothing at all is polled where nothing happens.
struct PollBudget {
  /// `nil` while the loop does not poll.
  private var windowEnd: UInt64?
  private var credit = creditMax
  private var restEnd: UInt64 = 0
  private var rest = restMin

  /// About what it costs to put a thread to sleep and wake it, on both sides of a call.
  static let window: UInt64 = 50_000
  /// Between two looks, more than any look takes: so long somebody else had the core.
  static let gapMax: UInt64 = 20_000
  static let creditMax = 16
  /// Two of three windows must be hits.
  static let missCost = 2
  static let restMin: UInt64 = 1_000_000
  static let restMax: UInt64 = 256_000_000

  var polls: Bool { windowEnd != nil }

  /// A connection was read or written.
  mutating func wasActive(at now: UInt64) {
    windowEnd = now >= restEnd ? now + Self.window : nil
  }

  /// There is something to read.
  mutating func hit() {
    credit = min(Self.creditMax, credit + 1)
    if credit == Self.creditMax { rest = Self.restMin }
  }

  /// Whether to look once more.
  ///
  /// - Parameter last: when the loop looked before.
  mutating func goesOn(at now: UInt64, last: UInt64) -> Bool {
    guard let windowEnd else { return false }
    if now < windowEnd, now - last <= Self.gapMax { return true }
    self.windowEnd = nil
    miss(at: now)
    return false
  }

  private mutating func miss(at now: UInt64) {
    credit -= Self.missCost
    guard credit <= 0 else { return }
    credit = 1
    restEnd = now + rest
    rest = min(Self.restMax, 2 * rest)
  }
}
