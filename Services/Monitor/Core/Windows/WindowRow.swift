/// One row of a request's batch: its record's names, and its values by column.
struct WindowRow {
  var recordID: Int64
  var requestID: String
  var row: UInt32
  var version: UInt32
  var keyID: String
  var principal: String
  var startedAt: Int64
  var shape: RowShape
  var numbers: ArraySlice<Double>
  var texts: ArraySlice<String>

  /// A number as its shortest text; `nil` if the row has no such column, or nothing in it.
  func text(_ column: String) -> String? {
    switch shape.places[column] {
    case .number(let place)?:
      let number = numbers[numbers.startIndex + place]
      return number.isNaN ? nil : CanonicalText.of(number)
    case .text(let place)?:
      let text = texts[texts.startIndex + place]
      return text.isEmpty ? nil : text
    case nil: return nil
    }
  }

  /// A text that is a number as this number.
  func number(_ column: String) -> Double? {
    switch shape.places[column] {
    case .number(let place)?: numbers[numbers.startIndex + place]
    case .text(let place)?: Double(texts[texts.startIndex + place])
    case nil: nil
    }
  }

  /// What a group is called: of a column, or `key` or `principal`.
  func group(_ name: String) -> String? {
    switch name {
    case "key": keyID
    case "principal": principal
    default: text(name)
    }
  }
}
