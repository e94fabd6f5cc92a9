internal import COnnxRuntime
internal import InferenceWorkerCore

/// Carries the log closure through the library's `void *`.
final class LogBox: Sendable {
  /// The library's levels: verbose 0, information 1, warning 2, error 3, fatal 4.
  static let levelMin: Int32 = 2

  let log: EngineLog

  init(_ log: @escaping EngineLog) { self.log = log }
}

/// The library's log callback.
func receiveLog(
  context: UnsafeMutableRawPointer?, level: Int32, category: UnsafePointer<CChar>?,
  identifier: UnsafePointer<CChar>?, location: UnsafePointer<CChar>?, text: UnsafePointer<CChar>?
) {
  guard let context = unsafe context, let text = unsafe text else { return }
  // Sound: the context is the box that the environment was created with, which is never released.
  let box = unsafe Unmanaged<LogBox>.fromOpaque(context).takeUnretainedValue()
  let line: EngineLogLevel =
    switch level {
    case ..<1: .debug
    case 1: .info
    case 2: .warning
    default: .error
    }
  box.log(line, unsafe String(cString: text))
}
