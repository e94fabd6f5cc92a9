/// A JSON value as entries hold them. No fractions: readers print them differently, and a digest is
/// taken over what is printed; write them as strings.
package enum AuditValue: Hashable, Sendable {
  case null
  case boolean(Bool)
  /// Within ±(2^53 - 1), which every JSON reader keeps exact.
  case integer(Int64)
  case string(String)
  case array([AuditValue])
  case object([String: AuditValue])

  static let integerRange: ClosedRange<Int64> = -9_007_199_254_740_991...9_007_199_254_740_991
  static let depthMax = 6
  static let memberNameLengthMaxBytes = 64

  /// What keeps this value out of an entry, or nil.
  func fault(depth: Int = 0) -> String? {
    guard depth < Self.depthMax else { return "expected at most \(Self.depthMax) levels" }
    switch self {
    case .null, .boolean, .string:
      return nil
    case .integer(let number):
      return Self.integerRange.contains(number)
        ? nil : "expected an integer that every JSON reader keeps exact, got \(number)"
    case .array(let elements):
      return elements.lazy.compactMap { $0.fault(depth: depth + 1) }.first
    case .object(let members):
      let isNamedWell = members.keys.allSatisfy { name in
        (1...Self.memberNameLengthMaxBytes).contains(name.utf8.count)
          && name.utf8.allSatisfy { (0x20...0x7e).contains($0) }
      }
      guard isNamedWell else {
        return
          "expected field names of 1 to \(Self.memberNameLengthMaxBytes) printable ASCII characters"
      }
      return members.values.lazy.compactMap { $0.fault(depth: depth + 1) }.first
    }
  }
}

extension AuditValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  package init(stringLiteral value: String) {
    self = .string(value)
  }

  package init(integerLiteral value: Int64) {
    self = .integer(value)
  }

  package init(booleanLiteral value: Bool) {
    self = .boolean(value)
  }

  package init(arrayLiteral elements: AuditValue...) {
    self = .array(elements)
  }

  package init(dictionaryLiteral elements: (String, AuditValue)...) {
    self = .object(Dictionary(elements, uniquingKeysWith: { _, last in last }))
  }
}
