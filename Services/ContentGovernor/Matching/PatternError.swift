/// A pattern that can't be compiled; for whoever wrote it.
package struct PatternError: Error, Sendable, Hashable {
  /// Bytes into the pattern.
  package let offset: Int
  package let fault: String

  package init(offset: Int, fault: String) {
    self.offset = offset
    self.fault = fault
  }
}
