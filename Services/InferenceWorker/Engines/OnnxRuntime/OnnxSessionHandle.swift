internal import COnnxRuntime
internal import InferenceWorkerCore

/// Owns one session of the library, which is a loaded model. The library lets any number of
/// threads run one session at once.
@safe
final class OnnxSessionHandle: Sendable {
  let library: OnnxRuntimeLibrary
  /// Sound to share: the library locks what it changes. Released in `deinit`, before the library.
  nonisolated(unsafe) let pointer: UnsafeMutablePointer<OnnxSession>

  init(
    library: OnnxRuntimeLibrary, modelFile path: String, options: EngineOptions
  ) throws(EngineError) {
    self.library = library
    let table = unsafe library.table
    let settings = unsafe try Self.settings(options, table)
    defer { unsafe table.pointee.releaseSessionOptions(settings) }
    var session: UnsafeMutablePointer<OnnxSession>?
    let failure = unsafe table.failure(
      table.pointee.createSession(library.environment, path, settings, &session))
    if let failure { throw Self.error(failure) }
    guard let session = unsafe session else {
      throw EngineError(.modelInvalid, "the model could not be loaded")
    }
    unsafe pointer = session
  }

  deinit { unsafe library.table.pointee.releaseSession(pointer) }

  private static func error(_ failure: OnnxFailure) -> EngineError {
    switch failure.code {
    case OnnxErrorCode.noSuchFile:
      EngineError(
        .modelMissing, "the model file or a file that it refers to is missing", cause: failure.text)
    case OnnxErrorCode.notImplemented:
      EngineError(
        .modelUnsupported, "the model uses an operator that ONNX Runtime does not have on the CPU",
        cause: failure.text)
    default:
      EngineError(
        .modelInvalid, "the file is damaged or no ONNX model that ONNX Runtime can load",
        cause: failure.text)
    }
  }

  private static func settings(
    _ options: EngineOptions, _ table: UnsafePointer<OnnxRuntimeTable>
  ) throws(EngineError) -> UnsafeMutablePointer<OnnxSessionOptions> {
    let refused = EngineError(.invalidOptions, "ONNX Runtime refused the options")
    let settings = unsafe try table.create(orThrow: refused) { table, settings in
      unsafe table.pointee.createSessionOptions(settings)
    }
    do throws(EngineError) {
      unsafe try table.check(
        table.pointee.setIntraOpThreads(settings, Int32(options.intraOpThreads)), orThrow: refused)
      unsafe try table.check(
        table.pointee.setInterOpThreads(settings, Int32(options.interOpThreads)), orThrow: refused)
      if !options.keepsFreedMemory {
        unsafe try table.check(table.pointee.disableCPUMemoryArena(settings), orThrow: refused)
      }
      let spinning = options.spinsWhenIdle ? "1" : "0"
      for key in ["session.intra_op.allow_spinning", "session.inter_op.allow_spinning"] {
        unsafe try table.check(
          table.pointee.addSessionSetting(settings, key, spinning), orThrow: refused)
      }
    } catch {
      unsafe table.pointee.releaseSessionOptions(settings)
      throw error
    }
    return unsafe settings
  }
}
