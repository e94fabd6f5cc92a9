package import RPC

extension WireMessage {
  /// The encoded form as an array of its own.
  package func encodedBytes() -> [UInt8] {
    var result: [UInt8] = []
    encode { byteCount, fill in
      // Nothing is written to the storage that all empty arrays share.
      guard byteCount > 0 else { return }
      result = unsafe Array(unsafeUninitializedCapacity: byteCount) { buffer, initializedCount in
        // The output span is gone before the array takes its buffer back.
        var output = unsafe OutputRawSpan(
          buffer: UnsafeMutableRawBufferPointer(buffer), initializedCount: 0)
        fill(&output)
        initializedCount = unsafe output.finalize(for: UnsafeMutableRawBufferPointer(buffer))
      }
    }
    return result
  }

  /// Reads a whole body.
  ///
  /// - Parameter limits: the usual ones for its size if `nil`.
  package init(decoding body: [UInt8], limits: DecodeLimits? = nil) throws(DecodeError) {
    // Every byte of an array of UInt8 is initialised.
    let bytes = unsafe body.span.bytes
    try self.init(decoding: bytes, limits: limits ?? .forBody(byteCount: body.count))
  }
}
