/// Why an admitted call got no answer from the engine.
package enum DropCause: String, Sendable, Hashable, CaseIterable {
  /// Its deadline passed while it waited.
  case expired
  /// Nobody waits for it any more.
  case cancelled
  /// The worker's time for draining was over.
  case drained
}
