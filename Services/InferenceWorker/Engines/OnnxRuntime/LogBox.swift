internal import COnnxRuntime
internal import InferenceWorkerCore
internal import Synchronization

/// Carries the log closures through the library's `void *`: one library, of which each engine that was made
/// of it hears every line.
final class LogBox: Sendable {
  /// The library's levels: verbose 0, information 1, warning 2, error 3, fatal 4.
  static let levelMin: Int32 = 2

  private let logs = Mutex<[EngineLog]>([])

  func add(_ log: @escaping EngineLog) {
    logs.withLock { $0.append(log) }
  }

  fileprivate func tell(_ level: EngineLogLevel, _ line: String) {
    for log in logs.withLock({ $0 }) { log(level, line) }
  }
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
  box.tell(line, unsafe String(cString: text))
}
