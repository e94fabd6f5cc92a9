/// One start of a child: what is run, and how.
package struct Launch: Sendable, Hashable {
  /// What this start is called, such as a worker's id; the child's name where starts are alike.
  package var label: String
  package var executablePath: String
  package var arguments: [String]
  /// The whole environment of the child.
  package var environment: [String: String]

  package init(
    label: String, executablePath: String, arguments: [String] = [],
    environment: [String: String] = [:]
  ) {
    self.label = label
    self.executablePath = executablePath
    self.arguments = arguments
    self.environment = environment
  }
}
