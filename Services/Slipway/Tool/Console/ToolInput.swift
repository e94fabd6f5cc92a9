/// What a command reads from its person, or from the program that stands in for one.
package struct ToolInput: Sendable {
  /// The next line, without its end; nil at the end of the input.
  package var line: @Sendable () async -> String?
  /// The next key, without waiting for the end of a line; nil at the end of the input. Only where a person
  /// sits at a terminal.
  package var key: @Sendable () async -> Character?
  package var isTerminal: Bool

  package init(
    line: @escaping @Sendable () async -> String?, key: @escaping @Sendable () async -> Character?,
    isTerminal: Bool
  ) {
    self.line = line
    self.key = key
    self.isTerminal = isTerminal
  }

  /// Nothing to read.
  package static var none: ToolInput {
    ToolInput(line: { nil }, key: { nil }, isTerminal: false)
  }

  /// These lines, one after the other.
  package static func lines(_ lines: [String]) -> ToolInput {
    let rest = Remaining(lines)
    return ToolInput(line: { await rest.next() }, key: { nil }, isTerminal: false)
  }

  private actor Remaining {
    private var lines: ArraySlice<String>

    init(_ lines: [String]) {
      self.lines = lines[...]
    }

    func next() -> String? { lines.popFirst() }
  }
}
