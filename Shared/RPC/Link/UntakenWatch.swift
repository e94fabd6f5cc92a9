internal import Base

/// Finds out whether a peer that is not read, because it does not take what it asked for, is still there:
/// a pure machine. It can't be heard, so what it takes is its sign of life.
struct UntakenWatch: Sendable {
  /// It has taken something since the latest look.
  var hasTaken = false
  private var silentSince: MonotonicInstant?

  /// Whether it has taken nothing for as long as that while it was not read.
  mutating func isOver(isRead: Bool, timeout: Duration, at now: MonotonicInstant) -> Bool {
    defer { hasTaken = false }
    guard !isRead else {
      silentSince = nil
      return false
    }
    guard !hasTaken, let since = silentSince else {
      silentSince = now
      return false
    }
    return since.advanced(by: timeout) <= now
  }
}
