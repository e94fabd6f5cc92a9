internal import Foundation

/// What this process holds of the machine's memory.
enum ProcessMemory {
  /// Its own pages, and its share of those that others map too; 0 where the kernel does not say.
  static var proportionalSetSize: UInt64 {
    proportionalSetSize(
      rollup: String(
        decoding: FileManager.default.contents(atPath: "/proc/self/smaps_rollup") ?? Data(),
        as: UTF8.self))
  }

  /// - Parameter rollup: what `/proc/self/smaps_rollup` holds, `proc(5)`.
  static func proportionalSetSize(rollup: String) -> UInt64 {
    let line = rollup.split(separator: "\n").first { $0.hasPrefix("Pss:") }
    let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap { UInt64($0) }
    return (kibibytes ?? 0) << 10
  }
}
