import Contracts

/// Where a stored row's values are.
final class RowShape: Sendable {
  enum Place: Sendable {
    case number(Int)
    case text(Int)
  }

  let columns: [Monitor.StoredColumn]
  let places: [String: Place]
  let numberCount: Int
  let textCount: Int

  init(_ schema: Monitor.StoredSchema) {
    columns = schema.columns
    var places: [String: Place] = [:]
    var (numbers, texts) = (0, 0)
    for column in schema.columns {
      if column.kind == "number" {
        places[column.name] = .number(numbers)
        numbers += 1
      } else {
        places[column.name] = .text(texts)
        texts += 1
      }
    }
    self.places = places
    numberCount = numbers
    textCount = texts
  }
}
