internal import ArgumentParser

/// Of options with a parser of their own, whose defaults argument-parser does not show.
extension ArgumentHelp {
  /// Of an option that takes a length of time.
  static func time(_ text: String, default span: TimeSpan? = nil) -> ArgumentHelp {
    form("time", text, span?.text)
  }

  /// Of an option that takes a whole number.
  static func number(_ text: String, default number: UInt32? = nil) -> ArgumentHelp {
    form("number", text, number.map { "\($0)" })
  }

  private static func form(_ name: String, _ text: String, _ value: String?) -> ArgumentHelp {
    ArgumentHelp("\(text)\(value.map { " (default: \($0))" } ?? "")", valueName: name)
  }
}
