/// What is wrong with a template or with what fills it.
struct TemplateFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// From 1; 0 for the template as a whole.
  let line: Int
  let message: String

  init(line: Int, _ message: String) {
    self.line = line
    self.message = message
  }

  var description: String { line == 0 ? message : "line \(line): \(message)" }
}
