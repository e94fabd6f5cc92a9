/// One place of a bundle that can't be followed; for whoever wrote it.
package struct BundleFault: Error, Sendable, Hashable, CustomStringConvertible {
  /// Inside the bundle, such as `styles/Acme/Terms.yml`.
  package let file: String
  /// From 1; 0 for the file as a whole.
  package let line: Int
  package let expected: String

  package init(file: String, line: Int, expected: String) {
    self.file = file
    self.line = line
    self.expected = expected
  }

  package var description: String { "\(file):\(line): expected \(expected)" }
}
