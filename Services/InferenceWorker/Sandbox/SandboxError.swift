/// Why a process could not give up its rights; it must not go on with what it wanted them away for.
package enum SandboxError: Error, Sendable, Equatable {
  /// The kernel refused a step, with this errno.
  case refused(step: String, errno: Int32)
  /// Other threads run already, and they would keep the rights.
  case threadsAreRunning(Int)
}

extension SandboxError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .refused(let step, let errno):
      "the kernel did not let this process \(step) (error \(errno)); expected Linux 4.14 or later with "
        + "seccomp"
    case .threadsAreRunning(let count):
      "the process has \(count) threads; expected to be confined while it has one"
    }
  }
}
