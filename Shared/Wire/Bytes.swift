/// Little-endian integers in bytes.
///
/// The standard library has no safe load from a `RawSpan` and no safe append of one to an
/// `OutputRawSpan`. These are the only two places where Wire does without: the loads check their
/// bounds and trap, and every bit pattern is an integer; the append checks the free capacity first.
extension RawSpan {
  @inlinable
  package func littleEndian<Value: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int, as type: Value.Type
  ) -> Value {
    Value(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: type))
  }

  @inlinable
  package func byte(at offset: Int) -> UInt8 {
    unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt8.self)
  }

  @inlinable
  package func array() -> [UInt8] {
    unsafe withUnsafeBytes { unsafe [UInt8]($0) }
  }

  @inlinable
  package func elementsEqual(_ other: RawSpan) -> Bool {
    guard byteCount == other.byteCount else { return false }
    return unsafe withUnsafeBytes { mine in
      unsafe other.withUnsafeBytes { theirs in unsafe mine.elementsEqual(theirs) }
    }
  }

  /// The text of these bytes, or `nil` if they are not UTF-8 or hold a NUL.
  @inlinable
  package func text() -> String? {
    unsafe withUnsafeBytes { bytes in
      guard unsafe !bytes.contains(0) else { return nil }
      return unsafe String(validating: bytes, as: UTF8.self)
    }
  }
}

extension OutputRawSpan {
  @inlinable
  @_lifetime(self: copy self)
  package mutating func appendLittleEndian<Value: FixedWidthInteger & BitwiseCopyable>(
    _ value: Value
  ) {
    unsafe append(value.littleEndian, as: Value.self)
  }

  @inlinable
  @_lifetime(self: copy self)
  package mutating func append(contentsOf bytes: RawSpan) {
    precondition(bytes.byteCount <= freeCapacity, "a span must fit into the free capacity")
    unsafe bytes.withUnsafeBytes { source in
      unsafe withUnsafeMutableBytes { destination, initializedCount in
        guard let start = destination.baseAddress, let from = source.baseAddress else { return }
        unsafe (start + initializedCount).copyMemory(from: from, byteCount: source.count)
        initializedCount += source.count
      }
    }
  }
}

extension [UInt8] {
  /// Calls `use` with these bytes. Every byte of an array of `UInt8` is initialized.
  @inlinable
  package func withRawSpan<Result, Failure: Error>(
    _ use: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try use(unsafe span.bytes)
  }

  /// Makes an array by filling `byteCount` bytes.
  @inlinable
  package init(byteCount: Int, _ fill: (inout OutputRawSpan) -> Void) {
    // Nothing is written to the storage that all empty arrays share.
    guard byteCount > 0 else {
      self = []
      return
    }
    self = unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initializedCount in
      var output = unsafe OutputRawSpan(
        buffer: UnsafeMutableRawBufferPointer(buffer), initializedCount: 0)
      fill(&output)
      initializedCount = unsafe output.finalize(for: UnsafeMutableRawBufferPointer(buffer))
    }
  }
}
