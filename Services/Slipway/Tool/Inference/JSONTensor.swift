/// A tensor as people write it: numbers, texts and truths in nested arrays.
indirect enum JSONTensor: Decodable, Sendable, Hashable {
  case integer(Int64)
  case unsigned(UInt64)
  case number(Double)
  case text(String)
  case truth(Bool)
  case array([JSONTensor])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(Bool.self) {
      self = .truth(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .integer(value)
    } else if let value = try? container.decode(UInt64.self) {
      self = .unsigned(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else {
      self = .array(try container.decode([JSONTensor].self))
    }
  }

  /// Lengths of the nested arrays, outermost first; nil where rows differ.
  var shape: [Int]? {
    guard case .array(let elements) = self else { return [] }
    guard let first = elements.first else { return [0] }
    guard let inner = first.shape, elements.allSatisfy({ $0.shape == inner }) else { return nil }
    return [elements.count] + inner
  }

  /// Row-major.
  var scalars: [JSONTensor] {
    guard case .array(let elements) = self else { return [self] }
    return elements.flatMap(\.scalars)
  }
}
