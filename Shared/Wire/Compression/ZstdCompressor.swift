internal import CZstd

/// Compresses frame bodies, one after the other, in one reused zstd context: a fresh context would
/// make a small body three times as dear. One per event loop; not for two callers at once.
@safe package final class ZstdCompressor {
  private let context: OpaquePointer
  private var scratch: [UInt8] = []

  /// `nil` if zstd has no memory for a context.
  package init?(level: Int32 = 1) {
    guard let context = unsafe ZSTD_createCCtx() else { return nil }
    unsafe self.context = context
    unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
    unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 1)
  }

  deinit {
    unsafe ZSTD_freeCCtx(context)
  }

  /// One zstd frame of `body`, or `nil` if that would not be at least an eighth smaller: then
  /// compression does not pay.
  package func compress(_ body: RawSpan) -> [UInt8]? {
    let limit = body.byteCount - body.byteCount / 8
    let bound = ZSTD_compressBound(body.byteCount)
    if scratch.count < bound {
      scratch = [UInt8](repeating: 0, count: bound)
    }
    // Both buffers are alive for the call, their sizes are those passed, and zstd keeps neither.
    let written = unsafe body.withUnsafeBytes { source in
      unsafe scratch.withUnsafeMutableBytes { destination in
        unsafe ZSTD_compress2(
          context, destination.baseAddress, destination.count, source.baseAddress, source.count)
      }
    }
    guard ZSTD_isError(written) == 0, written <= limit else { return nil }
    return Array(scratch[..<written])
  }
}
