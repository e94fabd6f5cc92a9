internal import Foundation

/// What this machine has for workers at one moment.
package struct WorkerRoom: Sendable, Hashable {
  /// Processors that workers may use.
  package var cores: Int
  /// Bytes that could be taken now without hurting others; nil where nobody knows.
  package var freeBytes: UInt64?
  /// Bytes that all workers may have together; nil for as many as are free.
  package var budgetBytes: UInt64?

  package init(cores: Int, freeBytes: UInt64? = nil, budgetBytes: UInt64? = nil) {
    self.cores = cores
    self.freeBytes = freeBytes
    self.budgetBytes = budgetBytes
  }
}

extension WorkerRoom {
  /// What stays free for everything else: a fiftieth of the memory, and at least this much.
  private static let reserveBytesMin: UInt64 = 64 << 20
  private static let reserveShare: UInt64 = 50

  /// Of this machine now, or of its control group where that has less (cgroup v2).
  static func now(cores: Int, budgetBytes: UInt64?) -> WorkerRoom {
    let group = text("/proc/self/cgroup").split(separator: "\n").first { $0.hasPrefix("0::") }
    let folder = group.map { "/sys/fs/cgroup\($0.dropFirst(3))" }
    return WorkerRoom(
      cores: cores,
      freeBytes: freeBytes(
        memory: text("/proc/meminfo"), groupMax: folder.map { text("\($0)/memory.max") } ?? "",
        groupCurrent: folder.map { text("\($0)/memory.current") } ?? "",
        groupStatistics: folder.map { text("\($0)/memory.stat") } ?? ""),
      budgetBytes: budgetBytes)
  }

  /// - Parameters:
  ///   - memory: as `/proc/meminfo` has it, `proc(5)`.
  ///   - groupMax: as `memory.max` has it, bytes or `max`; the others are the files of their names.
  static func freeBytes(
    memory: String, groupMax: String = "", groupCurrent: String = "", groupStatistics: String = ""
  ) -> UInt64? {
    guard let total = number("MemTotal:", in: memory),
      let available = number("MemAvailable:", in: memory)
    else { return nil }
    var (all, free) = (total << 10, available << 10)
    let trimmed = [groupMax, groupCurrent].map {
      UInt64($0.trimmingCharacters(in: .whitespacesAndNewlines))
    }
    if let most = trimmed[0], let taken = trimmed[1] {
      // What the kernel keeps of files goes as soon as somebody needs the memory.
      let files = number("inactive_file", in: groupStatistics) ?? 0
      all = min(all, most)
      free = min(free, most - min(most, taken - min(taken, files)))
    }
    return free - min(free, max(all / reserveShare, reserveBytesMin))
  }

  private static func number(_ name: String, in text: String) -> UInt64? {
    text.split(separator: "\n").first { $0.hasPrefix(name) }?
      .split(separator: " ").dropFirst().first.flatMap { UInt64($0) }
  }

  private static func text(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }
}
