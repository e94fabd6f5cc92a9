internal import ArgumentParser

/// How entries are written.
enum EntryFormat: String, ExpressibleByArgument, CaseIterable {
  case table
  /// A JSON object a line: `index`, `leaf`, `record`.
  case jsonl
  /// RFC 4180, with a line of names.
  case csv

  /// A page of entries as text.
  ///
  /// - Parameter isFirst: whether names are wanted above.
  func text(of entries: [EntryView], isTerminal: Bool, isFirst: Bool) -> String {
    switch self {
    case .table:
      let table = Table(columns: EntryView.columns, rows: entries.map(\.row))
      let text = table.text(isTerminal: isTerminal)
      return isFirst ? text : String(text.drop { $0 != "\n" }.dropFirst())
    case .jsonl: return entries.map { $0.jsonLine + "\n" }.joined()
    case .csv:
      let lines = (isFirst ? [EntryView.csvColumns] : []) + entries.map(\.csvFields)
      return lines.map { $0.map(Self.csvField).joined(separator: ",") + "\r\n" }.joined()
    }
  }

  private static func csvField(_ text: String) -> String {
    // A spreadsheet would run what begins so.
    let safe = text.first.map { "=+-@\t\r".contains($0) } == true ? "'" + text : text
    guard safe.contains(where: { ",\"\r\n".contains($0) || $0.isNewline }) else { return safe }
    return "\"" + safe.replacing("\"", with: "\"\"") + "\""
  }
}
