/// A JSON text (RFC 8259) as values. Objects keep the order of their members.
enum JSONValue: Equatable, Sendable {
  case null
  case boolean(Bool)
  case integer(Int64)
  /// A number with a fraction or an exponent, or one too large for `integer`, as it was spelled.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([JSONMember])

  /// What a reader of an error message calls this kind of value.
  var kind: String {
    switch self {
    case .null: "null"
    case .boolean: "a boolean"
    case .integer: "an integer"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }

  /// An object of members in the given order.
  static func object(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
    .object(members.map { JSONMember(name: $0.key, value: $0.value) })
  }

  /// A string, or null for nil.
  static func optional(_ text: String?) -> JSONValue {
    text.map { .string($0) } ?? .null
  }
}

/// One member of a JSON object.
struct JSONMember: Equatable, Sendable {
  let name: String
  let value: JSONValue
}
