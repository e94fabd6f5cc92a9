internal import Foundation

/// How much memory this process may have: the machine's, or less where its control group says so (cgroup v2).
package enum MachineMemory {
  /// Requests of strangers to each other must not fill a small machine: together they take an eighth of it.
  private static let share = 8
  /// One request of the greatest length, whatever the machine.
  private static let least = 64 << 20

  /// `byteCountMax`, or what this machine has to spare for it.
  package static func bounded(_ byteCountMax: Int) -> Int {
    let group = text("/proc/self/cgroup").split(separator: "\n").first { $0.hasPrefix("0::") }
    return bounded(
      byteCountMax, memory: text("/proc/meminfo"),
      groupMax: group.map { text("/sys/fs/cgroup\($0.dropFirst(3))/memory.max") } ?? "")
  }

  /// - Parameters:
  ///   - memory: as `/proc/meminfo` has it, `proc(5)`.
  ///   - groupMax: as `memory.max` has it: bytes, or `max`.
  package static func bounded(_ byteCountMax: Int, memory: String, groupMax: String) -> Int {
    let line = memory.split(separator: "\n").first { $0.hasPrefix("MemTotal:") }
    let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    let limits = [
      kibibytes.map { $0 << 10 }, Int(groupMax.trimmingCharacters(in: .whitespacesAndNewlines)),
    ]
    guard let least = limits.compactMap({ $0 }).min() else { return byteCountMax }
    return min(byteCountMax, max(Self.least, least / share))
  }

  private static func text(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }
}
