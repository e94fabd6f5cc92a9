internal import COnnxRuntime
internal import InferenceWorkerCore

/// The library's error codes that we tell apart.
enum OnnxErrorCode {
  static let noSuchFile: Int32 = 3
  static let notImplemented: Int32 = 9
}

/// What the library says of a failed call.
struct OnnxFailure {
  var code: Int32
  var text: String
}

extension UnsafePointer<OnnxRuntimeTable> {
  /// Turns a status into a failure, nil for success, and releases it.
  func failure(_ status: UnsafeMutablePointer<OnnxStatus>?) -> OnnxFailure? {
    guard let status = unsafe status else { return nil }
    // The message belongs to the status: copied before it is released.
    let failure = unsafe OnnxFailure(
      code: pointee.errorCode(status), text: String(cString: pointee.errorMessage(status)))
    unsafe pointee.releaseStatus(status)
    return failure
  }

  func check(
    _ status: UnsafeMutablePointer<OnnxStatus>?, orThrow error: @autoclosure () -> EngineError
  ) throws(EngineError) {
    guard let failure = unsafe failure(status) else { return }
    var error = error()
    error.cause = failure.text
    throw error
  }

  /// A handle that the library makes. The caller releases it, unless the slot says it is borrowed.
  func create<Handle>(
    orThrow error: @autoclosure () -> EngineError,
    _ make: (Self, UnsafeMutablePointer<UnsafeMutablePointer<Handle>?>) -> UnsafeMutablePointer<
      OnnxStatus
    >?
  ) throws(EngineError) -> UnsafeMutablePointer<Handle> {
    var handle: UnsafeMutablePointer<Handle>?
    unsafe try check(make(self, &handle), orThrow: error())
    guard let handle = unsafe handle else { throw error() }
    return unsafe handle
  }

  /// A number that the library writes.
  func read<Number: BitwiseCopyable>(
    _ initial: Number, orThrow error: @autoclosure () -> EngineError,
    _ write: (Self, UnsafeMutablePointer<Number>) -> UnsafeMutablePointer<OnnxStatus>?
  ) throws(EngineError) -> Number {
    var number = initial
    unsafe try check(write(self, &number), orThrow: error())
    return number
  }
}
