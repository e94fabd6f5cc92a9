/// What happened to a child.
package enum ChildEvent: Sendable, Hashable {
  case started(label: String, processID: Int32)
  /// It ended; it starts again after `wait` unless it was asked to stop.
  case ended(label: String, reason: String, wait: Duration)
  /// It ends again and again; `lastLines` are what it said last.
  case parked(label: String, lastLines: [String])
  /// It ended and said that starting it again does not help; it is not started again.
  case refused(Refusal)
  /// It was asked to stop and is gone for good.
  case stopped
}
