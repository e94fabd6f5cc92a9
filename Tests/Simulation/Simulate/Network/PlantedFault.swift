import RPCTestKit
import Wire

/// What a faulty gateway, or a worker behind it, would do to the frames that it writes: whoever judges the runs
/// must see it.
enum PlantedFault: String, CaseIterable {
  /// An answer never comes.
  case lostAnswer = "lost-answer"
  /// Two callers get each other's answers.
  case swappedAnswers = "swapped-answers"
  /// An answer comes with a byte that nobody wrote.
  case changedAnswer = "changed-answer"
  /// A request comes with a byte that nobody wrote.
  case changedRequest = "changed-request"
  /// An answer comes twice.
  case doubledAnswer = "doubled-answer"
  /// What was read is never given back.
  case lostCredit = "lost-credit"
  /// More is given back than was read.
  case doubledCredit = "doubled-credit"
  /// A call that was made is made again.
  case doubledCall = "doubled-call"
}

/// Does a planted fault to the frames of one side of a connection.
struct Saboteur {
  let fault: PlantedFault
  private var chance: Chance
  /// The end that waits to be swapped with the next.
  private var waiting: [UInt8]?

  /// Of the frames that the fault is about.
  private static let share = 3
  /// Streams of calls that are made twice: none that a client of a run comes to.
  private static let strangeStreams: UInt32 = 1 << 20

  init(_ fault: PlantedFault, seed: UInt64) {
    self.fault = fault
    chance = Chance(seed: seed)
  }

  /// What is written in place of a frame.
  mutating func applied(to frame: [UInt8]) -> [[UInt8]] {
    let decoder = FrameDecoder(payloadBytesMax: WireLimits.framePayloadBytesMax)
    let header: FrameHeader? = frame.withRawSpan { span in
      guard case .frame(let header, _) = decoder.decode(span) else { return nil }
      return header
    }
    guard let header, concerns(header), Int.random(in: 0..<Self.share, using: &chance) == 0 else {
      return [frame]
    }
    switch fault {
    case .lostAnswer, .lostCredit: return []
    case .doubledAnswer, .doubledCredit: return [frame, frame]
    case .changedAnswer, .changedRequest:
      var frame = frame
      frame[frame.count - 1] ^= 1
      return [frame]
    case .doubledCall:
      return [frame, Self.moved(frame, to: header.stream | Self.strangeStreams)]
    case .swappedAnswers:
      guard let other = waiting else {
        waiting = frame
        return []
      }
      waiting = nil
      return [Self.moved(frame, to: Self.stream(of: other)), Self.moved(other, to: header.stream)]
    }
  }

  private func concerns(_ header: FrameHeader) -> Bool {
    switch fault {
    case .lostAnswer, .doubledAnswer: header.kind == .end
    case .swappedAnswers: header.kind == .end && header.bodyByteCount > 0
    case .changedAnswer:
      (header.kind == .end || header.kind == .message) && header.bodyByteCount > 0
    case .changedRequest: header.kind == .call && header.bodyByteCount > 0
    case .lostCredit, .doubledCredit: header.kind == .credit
    case .doubledCall: header.kind == .call && !header.flags.contains(.more)
    }
  }

  private static let streamOffset = 8

  private static func stream(of frame: [UInt8]) -> UInt32 {
    frame.withRawSpan { $0.littleEndian(at: streamOffset, as: UInt32.self) }
  }

  private static func moved(_ frame: [UInt8], to stream: UInt32) -> [UInt8] {
    var frame = frame
    for place in 0..<4 {
      frame[streamOffset + place] = UInt8(truncatingIfNeeded: stream >> (8 * place))
    }
    return frame
  }
}
