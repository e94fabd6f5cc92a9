internal import Foundation

/// Ends this process in order when its supervisor is gone.
///
/// The supervisor holds the other end of our standard input and never writes: however it dies, the kernel
/// closes the pipe. Nothing is left running that nobody knows of.
enum SupervisionWatch {
  static func startIfSupervised() {
    guard ProcessInfo.processInfo.environment["SLIPWAY_SUPERVISED"] == "1" else { return }
    let thread = Thread {
      while !FileHandle.standardInput.availableData.isEmpty {}
      kill(getpid(), SIGTERM)
    }
    thread.name = "supervision"
    thread.start()
  }
}
