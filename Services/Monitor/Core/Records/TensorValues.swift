import Contracts

/// The elements of a tensor as numbers or texts, whatever its datatype and however it was sent.
enum TensorValues {
  case numbers([Double])
  case texts([String])

  /// `nil` for a datatype that has neither, and for contents that are not what the datatype says.
  init?(datatype: String, raw: [UInt8]) {
    switch datatype {
    case "BOOL", "UINT8": self = .numbers(raw.map { Double($0) })
    case "INT8": self = .numbers(raw.map { Double(Int8(bitPattern: $0)) })
    case "UINT16": self.init(raw, UInt16.self) { Double($0) }
    case "INT16": self.init(raw, UInt16.self) { Double(Int16(bitPattern: $0)) }
    case "FP16": self.init(raw, UInt16.self, Self.half)
    case "BF16": self.init(raw, UInt16.self) { Double(Float(bitPattern: UInt32($0) << 16)) }
    case "UINT32": self.init(raw, UInt32.self) { Double($0) }
    case "INT32": self.init(raw, UInt32.self) { Double(Int32(bitPattern: $0)) }
    case "FP32": self.init(raw, UInt32.self) { Double(Float(bitPattern: $0)) }
    case "UINT64": self.init(raw, UInt64.self) { Double($0) }
    case "INT64": self.init(raw, UInt64.self) { Double(Int64(bitPattern: $0)) }
    case "FP64": self.init(raw, UInt64.self) { Double(bitPattern: $0) }
    case "BYTES":
      guard let texts = Self.texts(raw) else { return nil }
      self = .texts(texts)
    default: return nil
    }
  }

  init(_ contents: Inference.InferTensorContents) {
    if !contents.bytesContents.isEmpty {
      self = .texts(contents.bytesContents.map(Self.text))
      return
    }
    var numbers = contents.boolContents.map { $0 ? 1.0 : 0 }
    numbers += contents.intContents.map { Double($0) }
    numbers += contents.int64Contents.map { Double($0) }
    numbers += contents.uintContents.map { Double($0) }
    numbers += contents.uint64Contents.map { Double($0) }
    numbers += contents.fp32Contents.map { Double($0) }
    numbers += contents.fp64Contents
    self = .numbers(numbers)
  }

  var count: Int {
    switch self {
    case .numbers(let numbers): numbers.count
    case .texts(let texts): texts.count
    }
  }

  private init?<Bits: FixedWidthInteger & UnsignedInteger>(
    _ raw: [UInt8], _ bits: Bits.Type, _ number: (Bits) -> Double
  ) {
    let width = Bits.bitWidth / 8
    guard raw.count.isMultiple(of: width) else { return nil }
    self = .numbers(
      stride(from: 0, to: raw.count, by: width).map { start in
        var value: Bits = 0
        for offset in (0..<width).reversed() {
          value = value &<< 8 | Bits(truncatingIfNeeded: raw[start + offset])
        }
        return number(value)
      })
  }

  /// Elements behind their lengths in 4 bytes, little-endian.
  private static func texts(_ raw: [UInt8]) -> [String]? {
    var texts: [String] = []
    var position = 0
    while position < raw.count {
      guard raw.count - position >= 4 else { return nil }
      let length = (0..<4).reversed().reduce(0) { $0 << 8 | Int(raw[position + $1]) }
      position += 4
      guard length <= raw.count - position else { return nil }
      texts.append(text(Array(raw[position..<position + length])))
      position += length
    }
    return texts
  }

  /// A category's name: readable, without what a text on the wire must not hold.
  private static func text(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.filter { $0 != 0 }, as: UTF8.self)
  }

  private static func half(_ bits: UInt16) -> Double {
    let sign = bits >> 15 == 0 ? 1.0 : -1.0
    let exponent = Int(bits >> 10 & 0x1F)
    let fraction = Double(bits & 0x3FF) / 1024
    switch exponent {
    case 0: return sign * fraction * 0x1p-14
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default: return sign * Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction)
    }
  }
}
