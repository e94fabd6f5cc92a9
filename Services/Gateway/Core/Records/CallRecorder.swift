internal import RPC
internal import Synchronization

/// Decides whose bodies the monitor gets, and keeps what is told of calls until it has it.
///
/// A call is sampled by its request id, so that a call that is made again is sampled again.
package struct CallRecorder: Sendable {
  /// Bodies of a second, whatever the rate: copying them must not be what a busy gateway does.
  package static let bodiesPerSecondMax = 1000
  package static let percentDefault = 100

  let spool: RecordSpool
  private let percent: UInt64
  private let budget = Budget()

  /// - Parameter percent: calls of a hundred whose bodies are kept.
  package init(spool: RecordSpool = RecordSpool(), percent: Int = CallRecorder.percentDefault) {
    self.spool = spool
    self.percent = UInt64(clamping: min(max(percent, 0), 100))
  }

  /// Nothing is kept at all: for who has no monitor.
  package static let none = CallRecorder(
    spool: RecordSpool(recordsMax: 0, bodyBytesMax: 0), percent: 0)

  /// - Parameter nowNanoseconds: of a clock that never jumps.
  func samples(_ requestID: [UInt8], nowNanoseconds: UInt64) -> Bool {
    guard percent > 0 else { return false }
    let isChosen = percent == 100 || Self.hash(requestID) % 100 < percent
    return isChosen && budget.take(second: nowNanoseconds / 1_000_000_000)
  }

  private static func hash(_ bytes: [UInt8]) -> UInt64 {
    let sum = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { hash, byte in
      (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }
    return sum ^ (sum >> 32)
  }

  /// How many bodies of the running second were kept.
  private final class Budget: Sendable {
    private let second = Atomic<UInt64>(0)
    private let count = Atomic<Int>(0)

    func take(second now: UInt64) -> Bool {
      // Loops that begin a second at once may both reset it: a few bodies more, and no lock.
      if second.exchange(now, ordering: .relaxed) != now { count.store(0, ordering: .relaxed) }
      return count.wrappingAdd(1, ordering: .relaxed).newValue <= CallRecorder.bodiesPerSecondMax
    }
  }
}
