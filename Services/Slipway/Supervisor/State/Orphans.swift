internal import Foundation
internal import Glibc

/// Processes that a supervisor of the same state directory left behind when it was killed.
///
/// They drain by themselves once their standard input ends; this waits for it, and ends those that
/// don't, before their ports and files are taken again. Called under the supervisor's lock only.
enum Orphans {
  static let supervisedVariable = "SLIPWAY_SUPERVISED"

  static func end(of state: StateDirectory, grace: Duration) async {
    var processes = find(state)
    guard !processes.isEmpty else { return }
    for process in processes { kill(process, SIGTERM) }
    let deadline = ContinuousClock.now + grace
    while !processes.isEmpty, ContinuousClock.now < deadline {
      guard (try? await Task.sleep(for: .milliseconds(20))) != nil else { return }
      processes = find(state)
    }
    for process in processes { kill(process, SIGKILL) }
  }

  /// Processes whose environment says that they were started for this state directory.
  private static func find(_ state: StateDirectory) -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int32($0) }.filter { process in
      guard process != getpid(),
        let environment = FileManager.default.contents(atPath: "/proc/\(process)/environ")
      else { return false }
      let variables = Set(
        environment.split(separator: 0).map { String(decoding: $0, as: UTF8.self) })
      return variables.contains("\(supervisedVariable)=1")
        && variables.contains("SLIPWAY_STATE=\(state.path)")
    }
  }
}
