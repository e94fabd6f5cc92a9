internal import Foundation

/// Processor time of one process, all of its threads (`proc_pid_stat(5)`).
package enum ProcessTime {
  /// - Throws: ``StepFailure`` for a process that is not there.
  package static func used(by process: Int32) throws(StepFailure) -> Duration {
    let stat = FileManager.default.contents(atPath: "/proc/\(process)/stat") ?? Data()
    // The name, in parentheses, may hold anything.
    let fields =
      String(decoding: stat, as: UTF8.self).split(separator: ")").last?
      .split(separator: " ") ?? []
    guard fields.count > 12, let user = Int(fields[11]), let system = Int(fields[12]) else {
      throw StepFailure("process \(process) has no times: has it ended?")
    }
    return .milliseconds((user + system) * 1000 / ticksPerSecond)
  }

  /// USER_HZ, which Linux keeps at 100 for programs.
  private static let ticksPerSecond = 100
}
