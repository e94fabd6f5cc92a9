internal import Foundation

/// Ends this process in order when its supervisor is gone.
///
/// The supervisor holds the other end of our standard input and never writes: however it dies, the kernel
/// closes the pipe. Nothing is left running that nobody knows of.
enum SupervisionWatch {
  static func startIfSupervised() {
    guard ProcessInfo.processInfo.environment["SLIPWAY_SUPERVISED"] == "1" else { return }
    let thread = Thread {
      while isHeld() {}
      kill(getpid(), SIGTERM)
    }
    thread.name = "supervision"
    thread.start()
  }

  /// Waits; `false` once the other end is closed. A signal may end the wait early, and says nothing of it.
  private static func isHeld() -> Bool {
    do {
      return try FileHandle.standardInput.read(upToCount: 1)?.isEmpty == false
    } catch {
      let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
      return cause?.domain == NSPOSIXErrorDomain && cause?.code == Int(EINTR)
    }
  }
}
