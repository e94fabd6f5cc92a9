/// What happened to a child.
package enum ChildEvent: Sendable, Hashable {
  case started(label: String, processID: Int32)
  /// It ended; it starts again after `wait` unless it was asked to stop.
  case ended(ChildEnding, wait: Duration)
  /// It ends again and again; `lastLines` are what it said last.
  case parked(label: String, lastLines: [String])
  /// It is not started again: it said that this does not help, or it was given up.
  case refused(Refusal)
  /// It was asked to stop and is gone for good.
  case stopped
}
