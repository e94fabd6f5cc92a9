/// Rows under named columns.
///
/// On a terminal: aligned, the names in bold. Piped: fields between tabs, the names in the first line, so
/// that `cut` and `awk` read it.
struct Table: Sendable, Hashable {
  var columns: [String]
  var rows: [[String]]

  func text(isTerminal: Bool) -> String {
    let lines = [columns] + rows.map { $0.map(Self.field) }
    guard isTerminal else {
      return lines.map { $0.joined(separator: "\t") + "\n" }.joined()
    }
    let widths = columns.indices.map { column in
      lines.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return lines.enumerated().map { index, fields in
      let line = fields.enumerated().map { column, field in
        let isLast = column == fields.count - 1
        return isLast
          ? field : field + String(repeating: " ", count: widths[column] - field.count)
      }.joined(separator: "  ")
      return (index == 0 ? "\u{1b}[1m\(line)\u{1b}[0m" : line) + "\n"
    }.joined()
  }

  /// One field stays one field, whatever is in it, and can't steer the terminal.
  private static func field(_ text: String) -> String {
    text.isEmpty
      ? "-"
      : String(
        text.map { character in
          character.unicodeScalars.contains { $0.properties.generalCategory == .control }
            ? " " : character
        })
  }
}
