internal import Contracts
internal import Foundation

/// A CSV file (RFC 4180) whose first line names its columns.
struct CSVFile {
  let names: [String]
  let rows: [[String]]

  init(path: String) throws(ToolError) {
    guard let content = FileManager.default.contents(atPath: path) else {
      throw ToolError(.notFound, "expected a CSV file at `\(path)`, there is none")
    }
    try self.init(text: String(decoding: content, as: UTF8.self), named: path)
  }

  init(text: String, named path: String) throws(ToolError) {
    var lines = Self.records(of: text)
    guard !lines.isEmpty, lines[0].allSatisfy({ !$0.isEmpty }) else {
      throw ToolError(.usage, "`\(path)`: expected names of columns in the first line")
    }
    names = lines.removeFirst()
    guard Set(names).count == names.count else {
      throw ToolError(.usage, "`\(path)`: two columns have the same name")
    }
    for (index, line) in lines.enumerated() where line.count != names.count {
      throw ToolError(
        .usage,
        "`\(path)`, record \(index + 2): expected \(names.count) fields, got \(line.count)")
    }
    rows = lines
  }

  func place(_ name: String) -> Int? { names.firstIndex(of: name) }

  /// Columns of numbers where every field that is not empty is one, else of texts.
  func columns(outputs: Set<String>) throws(ToolError) -> [Monitor.Column] {
    for name in outputs where !names.contains(name) {
      throw ToolError(.usage, "the file has no column `\(name)`")
    }
    return names.enumerated().map { place, name in
      let fields = rows.map { $0[place] }
      let role = outputs.contains(name) ? "output" : "input"
      let numbers = fields.compactMap { $0.isEmpty ? .nan : Double($0) }
      return numbers.count == fields.count && fields.contains { !$0.isEmpty }
        ? Monitor.Column(name: name, role: role, numbers: numbers)
        : Monitor.Column(name: name, role: role, texts: fields)
    }
  }

  /// Fields by record; empty lines are none.
  private static func records(of text: String) -> [[String]] {
    let characters = Array(text)
    var (records, record, field): ([[String]], [String], String) = ([], [], "")
    var (isQuoted, hadQuotes, place) = (false, false, 0)
    func endRecord() {
      if !record.isEmpty || !field.isEmpty || hadQuotes { records.append(record + [field]) }
      (record, field, hadQuotes) = ([], "", false)
    }
    while place < characters.count {
      let character = characters[place]
      place += 1
      if isQuoted {
        guard character == "\"" else {
          field.append(character)
          continue
        }
        // Two of them stand for one.
        isQuoted = place < characters.count && characters[place] == "\""
        if isQuoted {
          field.append(character)
          place += 1
        }
      } else if character == "\"", field.isEmpty {
        (isQuoted, hadQuotes) = (true, true)
      } else if character == "," {
        record.append(field)
        field = ""
      } else if character == "\n" || character == "\r\n" {
        endRecord()
      } else {
        field.append(character)
      }
    }
    endRecord()
    return records
  }
}
