internal import Base

/// A child that ended with a status that says not to start it again.
package struct Refusal: Sendable, Hashable {
  /// What this start was called, such as a worker's id.
  package var label: String
  /// What the child said last.
  package var reason: String

  package init(label: String, reason: String) {
    self.label = label
    self.reason = reason
  }

  /// Nil if a child that exited with `status` is to be started again.
  init?(label: String, status: Int32, lastLine: String?) {
    guard ServiceExitStatus(rawValue: status)?.isFinal == true else { return nil }
    self.init(label: label, reason: lastLine ?? "it exited with status \(status) and said nothing")
  }
}
