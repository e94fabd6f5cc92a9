import RPC
import RPCTestKit
import Wire

/// What one call does, on both sides, drawn from the seed.
struct CallPlan {
  enum Kind: String, CaseIterable {
    case unary = "Unary"
    case onLoop = "OnLoop"
    case atOnce = "AtOnce"
    case later = "Later"
    case serverStream = "ServerStream"
    case clientStream = "ClientStream"
    case twoWay = "TwoWay"

    var streamsRequests: Bool { self == .clientStream || self == .twoWay }
    var streamsAnswers: Bool { self == .serverStream || self == .twoWay }
  }

  let id: Int
  let link: Int
  let kind: Kind
  /// Bytes of each message of the request, and of the answer.
  var requests: [Int]
  var answers: [Int]
  var startsAt: Duration
  /// No call without one on a network that may go silent: it would rightly wait for ever.
  var timeout: Duration?
  var cancelsAfter: Duration?
  /// The handler fails with it instead of answering.
  var failure: StatusCode?
  /// How long the handler works, and whether it stops when nobody waits.
  var work: Duration
  var isStubborn: Bool
  /// The handler stops reading the request there.
  var readsAtMost: Int
  /// The caller drops the answer there.
  var takesAtMost: Int
  /// Between two messages that the caller reads or writes.
  var pause: Duration
  var handlerPause: Duration
  var isProse: Bool

  init(id: Int, link: Int, isSilenceable: Bool, chance: inout Chance) {
    self.id = id
    self.link = link
    kind = Kind.allCases.randomElement(using: &chance) ?? .unary
    let most = [1, 100, 2_000, 30_000, 200_000].randomElement(using: &chance) ?? 1
    let size = { (chance: inout Chance) in
      let size = Int.random(in: 0...most, using: &chance)
      return size < most / 4 ? size / 50 : size
    }
    let count = [0, 1, 3, 12].randomElement(using: &chance) ?? 1
    requests = (0..<(kind.streamsRequests ? count : 1)).map { _ in size(&chance) }
    if kind == .atOnce || kind == .later {
      // They take requests of one frame only.
      requests = [min(requests[0], 10_000)]
    }
    answers = (0..<(kind.streamsAnswers ? count : 1)).map { _ in size(&chance) }
    if kind == .twoWay { answers = requests.map { _ in size(&chance) } }
    // Half of the calls begin together.
    startsAt =
      Bool.random(using: &chance)
      ? .zero : .random(in: .zero ... .seconds(2), using: &chance)
    if isSilenceable || Int.random(in: 0..<3, using: &chance) == 0 {
      timeout = .random(in: .microseconds(1) ... .seconds(4), using: &chance)
    }
    if Int.random(in: 0..<6, using: &chance) == 0 {
      cancelsAfter = .random(in: .zero ... .milliseconds(100), using: &chance)
    }
    if Int.random(in: 0..<10, using: &chance) == 0 {
      failure = [.notFound, .aborted, .dataLoss].randomElement(using: &chance)
    }
    work =
      Bool.random(using: &chance)
      ? .zero : .random(in: .zero ... .milliseconds(300), using: &chance)
    if Int.random(in: 0..<8, using: &chance) == 0 { work = work * 20 }
    isStubborn = Int.random(in: 0..<5, using: &chance) == 0
    readsAtMost = Int.random(in: 0..<6, using: &chance) == 0 ? count / 2 : .max
    takesAtMost = Int.random(in: 0..<6, using: &chance) == 0 ? count / 2 : .max
    pause = .milliseconds([0, 0, 1, 60].randomElement(using: &chance) ?? 0)
    handlerPause = .milliseconds([0, 0, 1, 60].randomElement(using: &chance) ?? 0)
    isProse = Bool.random(using: &chance)
  }

  /// A call that must succeed.
  static func simple(id: Int, link: Int, chance: inout Chance) -> CallPlan {
    var plan = CallPlan(id: id, link: link, isSilenceable: false, chance: &chance)
    plan.timeout = .seconds(60)
    plan.cancelsAfter = nil
    plan.failure = nil
    plan.readsAtMost = .max
    plan.takesAtMost = .max
    return plan
  }

  /// The time that the caller spends by its own will.
  var pauses: Duration { pause * (requests.count + answers.count + 2) }

  func request(_ index: Int) -> Blob { Self.message(id, index, requests[index], 1, isProse) }

  func answer(_ index: Int) -> Blob {
    // The whole request is a part of the answer, so that a wrong one shows.
    kind == .clientStream
      ? Self.message(id, min(readsAtMost, requests.count), answers[index], 3, isProse)
      : Self.message(id, index, answers[index], 2, isProse)
  }

  /// Which call a message belongs to; `nil` for what is too short, or changed.
  static func id(of message: Blob) -> Int? {
    guard message.bytes.count >= headByteCount else { return nil }
    return message.bytes.withRawSpan { Int($0.littleEndian(at: 1, as: UInt32.self)) }
  }

  private static let headByteCount = 9

  /// Bytes that no other call, message or direction has.
  private static func message(
    _ id: Int, _ index: Int, _ byteCount: Int, _ direction: UInt8, _ isProse: Bool
  ) -> Blob {
    let head =
      [direction] + withBytes(UInt32(id)) + withBytes(UInt32(index))
    guard byteCount > 0 || direction == 1 && index == 0 else { return Blob([UInt8]()) }
    var chance = Chance(seed: UInt64(id) << 20 | UInt64(index) << 2 | UInt64(direction))
    var bytes = head
    bytes.reserveCapacity(headByteCount + byteCount)
    let word = withBytes(chance.next())
    while bytes.count < headByteCount + byteCount {
      bytes += isProse ? word : withBytes(chance.next())
    }
    return Blob(bytes)
  }

  private static func withBytes(_ value: some FixedWidthInteger) -> [UInt8] {
    (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }
}
