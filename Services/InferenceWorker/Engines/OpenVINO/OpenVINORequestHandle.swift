internal import COpenVINO
internal import InferenceWorkerCore

/// Owns one request of a compiled model: what one call at a time runs in.
@safe
final class OpenVINORequestHandle: Sendable {
  /// Keeps the model, and so the library, alive.
  private let compiled: OpenVINOCompiledHandle
  /// Sound to share: one call at a time has it, and only `cancel`, which is made for that, comes from
  /// another thread.
  nonisolated(unsafe) let pointer: UnsafeMutablePointer<OpenVINORequest>

  init(_ compiled: OpenVINOCompiledHandle) throws(EngineError) {
    self.compiled = compiled
    var request: UnsafeMutablePointer<OpenVINORequest>?
    let failed = EngineError(.runFailed, "the call could not be prepared")
    try compiled.library.check(orThrow: failed) {
      unsafe compiled.library.table.pointee.createRequest(compiled.pointer, &request)
    }
    guard let request = unsafe request else { throw failed }
    unsafe pointer = request
  }

  deinit { unsafe compiled.library.table.pointee.releaseRequest(pointer) }

  func cancel() {
    // Fails only where nothing runs.
    _ = unsafe compiled.library.table.pointee.cancel(pointer)
  }
}
