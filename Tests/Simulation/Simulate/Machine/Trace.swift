import RPCTestKit

/// What happened in a run, as a digest that two equal runs share, and as text for a person who replays one.
final class Trace: @unchecked Sendable {
  /// FNV-1a.
  private(set) var digest: UInt64 = 0xCBF2_9CE4_8422_2325
  private let isPrinted: Bool

  init(isPrinted: Bool) {
    self.isPrinted = isPrinted
  }

  func note(_ elapsed: Duration, _ line: @autoclosure () -> String) {
    let text = "\(elapsed.microseconds) \(line())"
    for byte in text.utf8 { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01B3 }
    if isPrinted { print(text) }
  }
}

extension Duration {
  var microseconds: Int64 {
    components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
  }

  static func random(in range: ClosedRange<Duration>, using chance: inout Chance) -> Duration {
    .microseconds(
      Int64.random(
        in: range.lowerBound.microseconds...range.upperBound.microseconds, using: &chance))
  }
}
