/// What a hop keeps for itself of its caller's time when it calls on: the twentieth part of what is left, at
/// most 10 ms. So the answer, also that the time was over and where, is back before the caller gives up.
package enum DeadlineReserve {
  private static let share: UInt64 = 20
  /// Far more than the way back takes within a data centre.
  private static let nanosecondsMax: UInt64 = 10_000_000

  /// - Returns: the time that the next hop gets, zero if none is left.
  package static func passedOn(of leftNanoseconds: UInt64) -> UInt64 {
    leftNanoseconds - min(max(leftNanoseconds / share, 1), nanosecondsMax, leftNanoseconds)
  }
}
