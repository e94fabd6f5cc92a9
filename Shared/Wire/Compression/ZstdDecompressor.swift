internal import CZstd

/// Decompresses frame bodies, one after the other, in one reused zstd context. One per event loop;
/// not for two callers at once.
@safe package final class ZstdDecompressor {
  private let context: OpaquePointer
  private var scratch: [UInt8] = []

  /// `nil` if zstd has no memory for a context.
  package init?() {
    guard let context = unsafe ZSTD_createDCtx() else { return nil }
    unsafe self.context = context
    // Our frames never need a larger window than a frame may be long.
    unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, 20)
  }

  deinit {
    unsafe ZSTD_freeDCtx(context)
  }

  /// Inflates one zstd frame to exactly `byteCount` bytes and calls `use` with them. The span is valid
  /// during the call only.
  ///
  /// - Throws: ``WireError`` if the frame says another size than `byteCount`, before a byte is
  ///   inflated, or if it is corrupt. `byteCount` has been held against the frame limit by the caller.
  package func decompress<Result>(
    _ body: RawSpan, byteCount: Int, _ use: (RawSpan) throws(WireError) -> Result
  ) throws(WireError) -> Result {
    let declared = unsafe body.withUnsafeBytes { source in
      unsafe ZSTD_getFrameContentSize(source.baseAddress, source.count)
    }
    // A frame to be skipped says zero: it holds no body.
    guard byteCount > 0, declared == UInt64(byteCount) else {
      throw .corruptCompression(
        "its zstd frame does not say that it inflates to \(byteCount) bytes")
    }
    let frameByteCount = unsafe body.withUnsafeBytes { source in
      unsafe ZSTD_findFrameCompressedSize(source.baseAddress, source.count)
    }
    guard frameByteCount == body.byteCount else {
      throw .corruptCompression("it is not exactly one zstd frame")
    }
    if scratch.count < byteCount {
      scratch = [UInt8](repeating: 0, count: max(byteCount, 4096))
    }
    // Both buffers are alive for the call, their sizes are those passed, and zstd keeps neither.
    let written = unsafe body.withUnsafeBytes { source in
      unsafe scratch.withUnsafeMutableBytes { destination in
        unsafe ZSTD_decompressDCtx(
          context, destination.baseAddress, byteCount, source.baseAddress, source.count)
      }
    }
    guard ZSTD_isError(written) == 0 else { throw .corruptCompression("zstd finds it corrupt") }
    guard written == byteCount else {
      throw .corruptCompression("it inflates to \(written) bytes instead of \(byteCount)")
    }
    return try scratch.withRawSpan { (inflated) throws(WireError) in
      try use(inflated.extracting(0..<byteCount))
    }
  }
}
