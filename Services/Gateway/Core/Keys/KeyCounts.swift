/// What is counted against a key's limits: by one object for a key and all that it replaces, so that a
/// rotation gives nobody twice the limits while two of them are good.
final class KeyCounts: Sendable {
  /// Calls to a service that may run at once, watches among them: a connection takes 4,096 of all keys.
  static let serviceCallsMax: UInt32 = 256

  let limiter: KeyLimiter
  let serviceLimiter = KeyLimiter(limits: KeyLimits(inFlightMax: KeyCounts.serviceCallsMax))
  let held = HeldRequests(max: HeldRequests.keyMax)

  init(limits: KeyLimits) {
    limiter = KeyLimiter(limits: limits)
  }
}
