/// A value that travels as the body of a frame.
package protocol WireMessage: Sendable {
  /// Reads a whole body.
  ///
  /// - Throws: ``DecodeError`` for bytes that are no such message, for text that is not UTF-8 or
  ///   holds a NUL, and where the message would need more memory than `limits` allows.
  init(decoding body: RawSpan, limits: DecodeLimits) throws(DecodeError)

  /// Calls `write` once with the number of bytes of the encoded form and a closure that fills exactly
  /// that many bytes.
  func encode(
    _ write: (_ byteCount: Int, _ fill: (_ output: inout OutputRawSpan) -> Void) -> Void)
}

/// What one message may cost its receiver.
package struct DecodeLimits: Sendable, Hashable {
  /// Bytes that decoding may allocate.
  package var memoryBytesMax: Int

  package init(memoryBytesMax: Int) {
    self.memoryBytesMax = memoryBytesMax
  }

  /// A packed varint of one byte becomes eight in memory; hostile messages reach 33 to 41 times
  /// their size. So a body may allocate nine times its own size and 64 KiB.
  package static func forBody(byteCount: Int) -> DecodeLimits {
    DecodeLimits(memoryBytesMax: byteCount * 9 + 64 * 1024)
  }
}

/// Why a body could not be read. Never worth a retry with the same bytes.
package enum DecodeError: Error, Sendable, Hashable {
  /// The bytes are not a message of this type.
  case malformed(message: String)
  /// The named field holds bytes that are not UTF-8, or a NUL.
  case invalidText(message: String, field: String)
  /// Decoding would allocate more than its budget.
  case overBudget(message: String, bytesMax: Int)
}
