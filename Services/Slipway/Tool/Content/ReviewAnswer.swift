/// What a reviewer answers to an item.
enum ReviewAnswer: Sendable, Hashable {
  case approve
  case reject(String)
  case changes(String)
  case comment(String)
  case diff
  case skip

  /// Reads a line of a program, or of a person whose terminal knows no keys.
  ///
  /// - Returns: nil for `quit`.
  /// - Throws: `usage` for every other line: nothing is decided by a line that was not understood.
  static func parse(_ line: String) throws(ToolError) -> ReviewAnswer? {
    let words = line.split(separator: " ", maxSplits: 1)
    let text = words.count > 1 ? words[1].drop { $0 == " " } : ""
    func said(_ make: (String) -> ReviewAnswer) throws(ToolError) -> ReviewAnswer {
      guard !text.isEmpty else {
        throw ToolError(.usage, "expected a text behind `\(words.first ?? "")`")
      }
      return make(String(text))
    }
    switch words.first {
    // Whoever adds a condition has not approved what is there.
    case "a", "approve":
      guard text.isEmpty else {
        throw ToolError(.usage, "expected `approve` alone; say more with `comment TEXT` before it")
      }
      return .approve
    case "r", "reject": return try said { .reject($0) }
    case "m", "changes": return try said { .changes($0) }
    case "c", "comment": return try said { .comment($0) }
    case "d", "diff": return .diff
    case "s", "skip": return .skip
    case "q", "quit": return nil
    default:
      throw ToolError(
        .usage,
        "expected approve, reject REASON, changes REASON, comment TEXT, diff, skip or quit, "
          + "got `\(line.prefix(80))`")
    }
  }
}
