internal import Base
internal import Foundation
internal import Synchronization

/// What this process holds of the machine's memory, looked at now and then: the kernel walks all of it.
final class MemoryMeter: Sendable {
  private static let interval = Duration.seconds(10)
  private static let contentBytesMax = 16 << 10

  private struct Measured {
    var bytes: UInt64 = 0
    var dueAt: MonotonicInstant
  }

  private let clock: any MonotonicClock
  private let metrics: WorkerMetrics
  private let measured: Mutex<Measured>
  /// Opened while the process still may open files.
  private let file: FileHandle?

  init(clock: any MonotonicClock, metrics: WorkerMetrics) {
    self.clock = clock
    self.metrics = metrics
    measured = Mutex(Measured(dueAt: clock.now))
    file = FileHandle(forReadingAtPath: "/proc/self/smaps_rollup")
  }

  /// Proportional set size, of the last 10 s; 0 where the kernel does not say.
  func bytes() -> UInt64 {
    measured.withLock { measured in
      let now = clock.now
      guard measured.dueAt <= now else { return measured.bytes }
      measured = Measured(bytes: read(), dueAt: now.advanced(by: Self.interval))
      metrics.memory(measured.bytes)
      return measured.bytes
    }
  }

  private func read() -> UInt64 {
    guard let file, (try? file.seek(toOffset: 0)) != nil,
      let content = try? file.read(upToCount: Self.contentBytesMax)
    else { return 0 }
    return ProcessMemory.proportionalSetSize(rollup: String(decoding: content, as: UTF8.self))
  }
}
