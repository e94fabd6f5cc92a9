internal import SlipwayClient

/// Elements of a tensor for people and for JSON; bytes that are no UTF-8 show as replacement characters.
struct ElementView: Encodable {
  var elements: TensorElements

  /// The first elements.
  func texts(_ countMax: Int) -> [String] {
    switch elements {
    case .bool(let values): values.prefix(countMax).map { "\($0)" }
    case .int8(let values): values.prefix(countMax).map { "\($0)" }
    case .int16(let values): values.prefix(countMax).map { "\($0)" }
    case .int32(let values): values.prefix(countMax).map { "\($0)" }
    case .int64(let values): values.prefix(countMax).map { "\($0)" }
    case .uint8(let values): values.prefix(countMax).map { "\($0)" }
    case .uint16(let values), .fp16(let values), .bf16(let values):
      values.prefix(countMax).map { "\($0)" }
    case .uint32(let values): values.prefix(countMax).map { "\($0)" }
    case .uint64(let values): values.prefix(countMax).map { "\($0)" }
    case .fp32(let values): values.prefix(countMax).map { "\($0)" }
    case .fp64(let values): values.prefix(countMax).map { "\($0)" }
    case .bytes(let values): values.prefix(countMax).map { String(decoding: $0, as: UTF8.self) }
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch elements {
    case .bool(let values): try container.encode(values)
    case .int8(let values): try container.encode(values)
    case .int16(let values): try container.encode(values)
    case .int32(let values): try container.encode(values)
    case .int64(let values): try container.encode(values)
    case .uint8(let values): try container.encode(values)
    case .uint16(let values), .fp16(let values), .bf16(let values): try container.encode(values)
    case .uint32(let values): try container.encode(values)
    case .uint64(let values): try container.encode(values)
    // JSON has no word for what is no number.
    case .fp32(let values): try container.encode(values.map { $0.isFinite ? $0 : nil })
    case .fp64(let values): try container.encode(values.map { $0.isFinite ? $0 : nil })
    case .bytes(let values):
      try container.encode(values.map { String(decoding: $0, as: UTF8.self) })
    }
  }
}
