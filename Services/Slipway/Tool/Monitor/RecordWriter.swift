internal import Contracts
internal import Foundation

/// Writes rows of records as CloudEvents in JSON Lines, or as CSV.
struct RecordWriter {
  let model: String
  let format: RecordFormat
  /// Of the CSV: those of the first row; another version's further ones would change the table.
  private var names: [String]?

  init(model: String, format: RecordFormat) {
    self.model = model
    self.format = format
  }

  mutating func text(of rows: [Monitor.ExportedRow]) throws(ToolError) -> String {
    switch format {
    case .jsonl: try rows.map { row throws(ToolError) in try event(row) }.joined()
    case .csv: rows.map { line($0) }.joined()
    }
  }

  private func event(_ row: Monitor.ExportedRow) throws(ToolError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let bytes = try? encoder.encode(PredictionEvent(row, model: model)) else {
      throw ToolError(.failed, "request `\(row.requestID)` can't be written as JSON")
    }
    return String(decoding: bytes, as: UTF8.self) + "\n"
  }

  private mutating func line(_ row: Monitor.ExportedRow) -> String {
    var text = ""
    let names = self.names ?? row.values.map(\.name)
    if self.names == nil {
      self.names = names
      text = Self.csv(
        ["request_id", "row", "version", "started_at", "status"] + names + ["label"])
    }
    let values = Dictionary(
      row.values.map { ($0.name, Self.field($0.content)) }, uniquingKeysWith: { one, _ in one })
    let fields =
      [
        row.requestID, "\(row.row)", "\(row.version)", Spelling.time(row.startedAt) ?? "",
        row.status,
      ] + names.map { values[$0] ?? "" } + [row.label]
    return text + Self.csv(fields)
  }

  private static func field(_ content: Monitor.Value.Content?) -> String {
    switch content {
    case .number(let number)?: number.isNaN ? "" : "\(number)"
    case .text(let text)?: text
    case nil: ""
    }
  }

  private static func csv(_ fields: [String]) -> String {
    fields.map { field in
      field.contains { ",\"\r\n".contains($0) || $0 == "\r\n" }
        ? "\"\(field.replacing("\"", with: "\"\""))\"" : field
    }.joined(separator: ",") + "\n"
  }
}

/// A prediction as a CloudEvent.
struct PredictionEvent: Encodable {
  enum Figure: Encodable {
    case number(Double)
    case text(String)
    /// Missing, or no number that JSON has.
    case none

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .number(let number): try container.encode(number)
      case .text(let text): try container.encode(text)
      case .none: try container.encodeNil()
      }
    }
  }

  struct Content: Encodable {
    var model: String
    var version: UInt32
    var keyID: String
    var status: String
    var durationNanoseconds: UInt64
    var inputs: [String: Figure]
    var outputs: [String: Figure]
    var label: String?
    var earlierLabels: [String]
  }

  var specversion = "1.0"
  var type = "slipway.prediction.v1"
  var source: String
  var id: String
  var time: String?
  var datacontenttype = "application/json"
  var data: Content

  init(_ row: Monitor.ExportedRow, model: String) {
    source = "/models/\(model)/versions/\(row.version)"
    id = "\(row.keyID)/\(row.requestID)/\(row.row)"
    time = Spelling.time(row.startedAt)
    data = Content(
      model: model, version: row.version, keyID: row.keyID, status: row.status,
      durationNanoseconds: row.duration, inputs: Self.figures(row, "input"),
      outputs: Self.figures(row, "output"), label: row.label.isEmpty ? nil : row.label,
      earlierLabels: row.earlierLabels)
  }

  private static func figures(_ row: Monitor.ExportedRow, _ role: String) -> [String: Figure] {
    Dictionary(
      row.values.filter { $0.role == role }.map { value in
        let figure: Figure =
          switch value.content {
          case .number(let number)? where number.isFinite: .number(number)
          case .text(let text)? where !text.isEmpty: .text(text)
          default: .none
          }
        return (value.name, figure)
      }, uniquingKeysWith: { one, _ in one })
  }
}
