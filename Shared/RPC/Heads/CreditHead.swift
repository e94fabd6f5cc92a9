internal import Wire

/// Head of a credit frame: `Credit` of `wire.proto`.
enum CreditHead {
  static func encode(_ credit: Int) -> [UInt8] {
    let credit = UInt64(clamping: credit)
    return [UInt8](byteCount: ProtobufWriter.byteCount(credit)) {
      ProtobufWriter.write(credit, field: 1, into: &$0)
    }
  }

  static func decode(_ head: RawSpan) throws(ProtobufError) -> Int {
    var credit = 0
    var reader = ProtobufReader(head)
    while let (number, value) = try reader.next() {
      switch (number, value) {
      case (1, .integer(let integer)): credit = Int(clamping: integer)
      case (1, _): throw .malformed
      default: break
      }
    }
    return credit
  }
}
