internal import Base

/// Follows the lease of one running worker, and says when to look whether the process still does anything.
///
/// A worker renews its lease until it drains, and a registry that is away ends none. So a process that
/// had a lease, has none and does not answer hangs as a whole.
struct LeaseWatch: Sendable {
  /// One that drains gives its lease back first, and one whose lease was forgotten takes another at once.
  private static let patience = Duration.seconds(1)
  /// Between looks at one that answered.
  private static let interval = Duration.seconds(5)

  /// It held a lease since its process began.
  private(set) var wasHeld = false
  private(set) var endpoint = ""
  private var dueAt: MonotonicInstant?

  /// - Parameter endpoint: of the lease; nil while the worker holds none.
  mutating func see(endpoint: String?, hasProcess: Bool, now: MonotonicInstant) {
    guard hasProcess else { return }
    if let endpoint {
      wasHeld = true
      self.endpoint = endpoint
      dueAt = nil
    } else if wasHeld, dueAt == nil {
      dueAt = now.advanced(by: Self.patience)
    }
  }

  /// When it is to be looked at; nil while all is well.
  var lookAt: MonotonicInstant? { dueAt }

  /// It is looked at now.
  mutating func looked(now: MonotonicInstant) {
    dueAt = now.advanced(by: Self.interval)
  }
}
