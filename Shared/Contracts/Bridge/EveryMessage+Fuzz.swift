import RPC

extension EveryMessage {
  /// For fuzzing: the first byte picks a message type, the others are decoded as one.
  ///
  /// What decodes must survive a round trip, or the process ends.
  package static func fuzzDecode(_ bytes: RawSpan) {
    // The array is a copy.
    let octets = unsafe bytes.withUnsafeBytes { unsafe Array($0) }
    guard let first = octets.first else { return }
    fuzzDecode(Array(octets.dropFirst()), as: Int(first) % types.count)
  }

  /// - Parameter index: of a type in `types`.
  package static func fuzzDecode(_ body: [UInt8], as index: Int) {
    let (name, type) = types[index]
    let limits = DecodeLimits.forBody(byteCount: body.count)
    guard let message = try? type.init(decoding: body, limits: limits) else { return }
    let encoded = message.encodedBytes()
    // The same budget: the encoded form may be shorter than the bytes that it came from.
    guard let again = try? type.init(decoding: encoded, limits: limits) else {
      preconditionFailure("`\(name)` does not decode what it encoded")
    }
    // Bytes and not values: a NaN is not equal to itself.
    precondition(again.encodedBytes() == encoded, "`\(name)` is changed by a round trip")
  }
}
