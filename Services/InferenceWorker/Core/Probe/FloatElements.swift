/// Elements of floating point, whatever their width, as numbers.
enum FloatElements {
  /// Nil for other datatypes: they are equal or not.
  static func values(of bytes: [UInt8], _ datatype: TensorDataType) -> [Double]? {
    switch datatype {
    case .fp64: bytes.littleEndian(as: UInt64.self).map { Double(bitPattern: $0) }
    case .fp32: bytes.littleEndian(as: UInt32.self).map { Double(Float(bitPattern: $0)) }
    case .bf16:
      bytes.littleEndian(as: UInt16.self).map { Double(Float(bitPattern: UInt32($0) << 16)) }
    case .fp16: bytes.littleEndian(as: UInt16.self).map(half)
    default: nil
    }
  }

  /// IEEE 754 binary16, which not every processor that Swift runs on has as a type.
  private static func half(_ bits: UInt16) -> Double {
    let sign: Double = bits >> 15 == 1 ? -1 : 1
    let exponent = Int(bits >> 10 & 0x1f)
    let fraction = Double(bits & 0x3ff) / 1024
    switch exponent {
    case 0: return sign * fraction * Double(sign: .plus, exponent: -14, significand: 1)
    case 0x1f: return fraction == 0 ? sign * .infinity : .nan
    default:
      return sign * Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction)
    }
  }
}
