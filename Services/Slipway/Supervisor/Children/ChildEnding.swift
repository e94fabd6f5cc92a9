/// How one run of a child ended.
package struct ChildEnding: Sendable, Hashable {
  /// What this start was called, such as a worker's id.
  package var label: String
  /// For people, such as `killed by signal 9`.
  package var reason: String
  /// A signal ended it: it did not choose to exit.
  package var isCrash: Bool
  /// It drained and exited with status 0.
  package var isClean: Bool
  /// The last line that it wrote.
  package var lastWords: String?

  package init(
    label: String, reason: String, isCrash: Bool, isClean: Bool = false, lastWords: String? = nil
  ) {
    self.label = label
    self.reason = reason
    self.isCrash = isCrash
    self.isClean = isClean
    self.lastWords = lastWords
  }
}
