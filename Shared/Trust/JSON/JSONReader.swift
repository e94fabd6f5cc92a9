/// Reads the fields of one JSON object and names the field and its place in every refusal.
struct JSONReader {
  /// Where the object stands, for messages: `people[0].keys[1]`; empty for the whole text.
  let place: String
  private let members: [String: JSONValue]

  /// - Parameter fields: every field that the object may have, or nil when others are to be ignored.
  init(_ value: JSONValue, place: String = "", fields: [String]?) throws(JSONError) {
    guard case .object(let members) = value else {
      let name = place.isEmpty ? "the text" : "`\(place)`"
      throw JSONError("expected \(name) to be an object, got \(value.kind)")
    }
    self.place = place
    if let fields, let unknown = members.first(where: { !fields.contains($0.name) }) {
      let known = fields.map { "`\($0)`" }.joined(separator: ", ")
      throw JSONError(
        "unknown field `\(Self.join(place, unknown.name))`: expected only \(known)")
    }
    self.members = Dictionary(
      members.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  func has(_ name: String) -> Bool {
    members[name] != nil
  }

  func value(_ name: String) throws(JSONError) -> JSONValue {
    guard let value = members[name] else {
      throw JSONError("field `\(path(name))` is missing")
    }
    return value
  }

  func string(_ name: String) throws(JSONError) -> String {
    guard case .string(let text) = try value(name) else { throw try wrong(name, "a string") }
    return text
  }

  /// The string of `name`, or nil when the field is missing or null.
  func optionalString(_ name: String) throws(JSONError) -> String? {
    guard let value = members[name], value != .null else { return nil }
    return try string(name)
  }

  func integer(_ name: String) throws(JSONError) -> Int64 {
    guard case .integer(let number) = try value(name) else { throw try wrong(name, "an integer") }
    return number
  }

  func boolean(_ name: String) throws(JSONError) -> Bool {
    guard case .boolean(let flag) = try value(name) else { throw try wrong(name, "true or false") }
    return flag
  }

  func array(_ name: String) throws(JSONError) -> [JSONValue] {
    guard case .array(let elements) = try value(name) else { throw try wrong(name, "an array") }
    return elements
  }

  func strings(_ name: String) throws(JSONError) -> [String] {
    var texts: [String] = []
    for (index, element) in try array(name).enumerated() {
      guard case .string(let text) = element else {
        throw JSONError(
          "expected `\(path(name))[\(index)]` to be a string, got \(element.kind)")
      }
      texts.append(text)
    }
    return texts
  }

  /// The members of the object `name`, each under its own name.
  func members(_ name: String) throws(JSONError) -> [JSONMember] {
    guard case .object(let members) = try value(name) else { throw try wrong(name, "an object") }
    return members
  }

  func object(_ name: String, fields: [String]?) throws(JSONError) -> JSONReader {
    try JSONReader(value(name), place: path(name), fields: fields)
  }

  /// A string that must say exactly `expected`.
  func require(_ name: String, _ expected: String) throws(JSONError) {
    let text = try string(name)
    // By bytes: `==` of strings holds some ASCII and non-ASCII texts equal.
    guard text.utf8.elementsEqual(expected.utf8) else {
      throw JSONError("expected `\(path(name))` to be `\(expected)`, got `\(text)`")
    }
  }

  /// A name by the rule of `Name`.
  func name(_ field: String) throws(JSONError) -> String {
    let text = try string(field)
    if let fault = Name.fault(text) {
      throw JSONError("`\(path(field))` \(fault), got `\(text)`")
    }
    return text
  }

  func timestamp(_ name: String) throws(JSONError) -> Timestamp {
    let text = try string(name)
    guard let moment = Timestamp(text) else {
      throw JSONError(
        "expected `\(path(name))` to be a time like `2026-11-23T03:41:26Z`, got `\(text)`")
    }
    return moment
  }

  func digest(_ name: String) throws(JSONError) -> ContentDigest {
    let text = try string(name)
    guard let digest = ContentDigest(text) else {
      throw JSONError(
        "expected `\(path(name))` to be `sha256:` and 64 lower-case hexadecimal digits, got `\(text)`"
      )
    }
    return digest
  }

  /// The digest of `name`, or nil when it is null; the field itself must be there.
  func nullableDigest(_ name: String) throws(JSONError) -> ContentDigest? {
    if try value(name) == .null { return nil }
    return try digest(name)
  }

  func path(_ name: String) -> String {
    Self.join(place, name)
  }

  private static func join(_ place: String, _ name: String) -> String {
    place.isEmpty ? name : "\(place).\(name)"
  }

  private func wrong(_ name: String, _ expected: String) throws(JSONError) -> JSONError {
    JSONError("expected `\(path(name))` to be \(expected), got \(try value(name).kind)")
  }
}
