/// What the engine computed for nobody.
package enum WasteCause: String, Sendable, Hashable, CaseIterable {
  /// The caller's time passed while it computed.
  case expired
  /// The caller went while it computed.
  case cancelled
  /// The worker's time for draining was over.
  case drained
  /// The run failed: on this request, or on another one of its batch.
  case failed
  /// Elements that were added to make lengths equal.
  case padding

  package init(_ cause: DropCause) {
    self =
      switch cause {
      case .expired: .expired
      case .cancelled: .cancelled
      case .drained: .drained
      }
  }
}
