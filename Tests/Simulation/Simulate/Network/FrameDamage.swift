import RPCTestKit
import Wire

/// What a network that breaks TCP's promise does to frames.
struct FrameDamage {
  private let plan: LinkPlan.Direction
  private var passedByteCount = 0
  /// A stream that others overtake, and its frames.
  private var heldStream: UInt32?
  private var held: [UInt8] = []
  private(set) var count = 0

  init(plan: LinkPlan.Direction) {
    self.plan = plan
  }

  var isHolding: Bool { heldStream != nil }

  /// The bytes that go on, of frames that were written.
  mutating func applied(to frames: [[UInt8]], using chance: inout Chance) -> [UInt8] {
    guard plan.integrity != .faithful else { return Array(frames.joined()) }
    var bytes: [UInt8] = []
    for frame in frames {
      passedByteCount += frame.count
      guard passedByteCount > plan.soundByteCount, frame.count >= WireLimits.headerByteCount else {
        bytes += frame
        continue
      }
      bytes +=
        plan.integrity == .reordered
        ? reordered(frame, using: &chance) : damaged(frame, using: &chance)
    }
    return bytes
  }

  /// What was held goes on.
  mutating func released() -> [UInt8] {
    defer {
      held = []
      heldStream = nil
    }
    return held
  }

  private mutating func reordered(_ frame: [UInt8], using chance: inout Chance) -> [UInt8] {
    let stream = frame.withRawSpan { $0.littleEndian(at: 8, as: UInt32.self) }
    if stream == heldStream {
      held += frame
      return []
    }
    guard heldStream == nil, stream != 0, Double.random(in: 0..<1, using: &chance) < 0.2 else {
      return frame
    }
    count += 1
    heldStream = stream
    held = frame
    return []
  }

  private mutating func damaged(_ frame: [UInt8], using chance: inout Chance) -> [UInt8] {
    guard Double.random(in: 0..<1, using: &chance) < plan.damageProbability else { return frame }
    count += 1
    var frame = frame
    let place = Int.random(in: 0..<frame.count, using: &chance)
    let headerPlace = Int.random(in: 0..<WireLimits.headerByteCount, using: &chance)
    switch Int.random(in: 0..<6, using: &chance) {
    case 0: return []
    case 1: return frame + frame
    case 2: frame[headerPlace] ^= 1 << UInt8.random(in: 0..<8, using: &chance)
    case 3: frame[place] ^= UInt8.random(in: 1...255, using: &chance)
    case 4: frame.removeSubrange(place..<min(frame.count, place + 1 + place % 40))
    default: frame.insert(contentsOf: chance.bytes(1...40), at: place)
    }
    return frame
  }
}
