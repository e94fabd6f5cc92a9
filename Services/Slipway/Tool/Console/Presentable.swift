internal import Foundation

/// A result of a command: a table for people, JSON for programs.
///
/// The JSON of a release keeps its field names in later ones; fields may be added.
protocol Presentable: Encodable {
  var table: Table { get }
}

extension Presentable {
  var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let bytes = try? encoder.encode(self) else { return "null\n" }
    return String(decoding: bytes, as: UTF8.self) + "\n"
  }
}

/// Results of one kind; an array in JSON.
struct PresentableList<Element: PresentableRow>: Presentable {
  var elements: [Element]

  var table: Table { Table(columns: Element.columns, rows: elements.map(\.row)) }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(elements)
  }
}

/// A result that is one row of a table, alone or among others.
protocol PresentableRow: Presentable {
  static var columns: [String] { get }
  var row: [String] { get }
}

extension PresentableRow {
  var table: Table { Table(columns: Self.columns, rows: [row]) }
}
