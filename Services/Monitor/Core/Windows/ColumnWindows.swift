import Contracts

/// The columns of a window, in the order in which they came.
struct ColumnWindows: Sendable {
  private(set) var columns: [ColumnWindow] = []
  private(set) var rowCount = 0
  private(set) var firstAt: Int64 = 0
  private(set) var lastAt: Int64 = 0
  private var places: [String: Int] = [:]
  private let exactRowsMax: Int

  init(exactRowsMax: Int) {
    self.exactRowsMax = exactRowsMax
  }

  var isExact: Bool { columns.allSatisfy(\.isExact) }

  subscript(name: String) -> ColumnWindow? { places[name].map { columns[$0] } }

  mutating func add(_ row: WindowRow) {
    lastAt = max(lastAt, row.startedAt)
    firstAt = rowCount == 0 ? row.startedAt : min(firstAt, row.startedAt)
    rowCount += 1
    var (number, text) = (row.numbers.startIndex, row.texts.startIndex)
    for column in row.shape.columns {
      if column.kind == "number" {
        add(row.numbers[number], column.name, column.role)
        number += 1
      } else {
        add(row.texts[text], column.name, column.role)
        text += 1
      }
    }
  }

  mutating func add(_ number: Double, _ name: String, _ role: String) {
    let place = place(name, role, "number")
    // A column that was of the other kind before is compared by its first.
    if columns[place].isNumeric {
      columns[place].add(number)
    } else {
      columns[place].add(number.isNaN ? "" : CanonicalText.of(number))
    }
  }

  mutating func add(_ text: String, _ name: String, _ role: String) {
    let place = place(name, role, "category")
    if columns[place].isNumeric {
      columns[place].add(Double(text) ?? .nan)
    } else {
      columns[place].add(text)
    }
  }

  private mutating func place(_ name: String, _ role: String, _ kind: String) -> Int {
    if let place = places[name] { return place }
    columns.append(
      ColumnWindow(name: name, role: role, kind: kind, exactRowsMax: exactRowsMax))
    places[name] = columns.count - 1
    return columns.count - 1
  }
}
