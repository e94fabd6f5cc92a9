import RPC
import Wire

/// Holds one side of a connection to PROTOCOL.md, from nothing but the frames that it has sent and got.
///
/// Knows nothing of the code under test: streams, ends, cancels and credit are counted here once more.
struct Referee {
  enum Side { case client, server }

  private struct Stream {
    /// What this side may still send on it.
    var balance: Int
    /// What came on it and was not given back.
    var owed = 0
    var hasRequestEnded = false
  }

  private let side: Side
  private let isCredited: Bool
  private let window: Int
  private let peerStreamWindow: Int
  private let frameBytesMax: Int
  private var balance: Int
  /// Cost of what came, and what was given back for it.
  private var receivedCost = 0
  private var grantedCost = 0
  private var streams: [UInt32: Stream] = [:]
  /// Streams that it was told are cancelled: nothing more may go out on them.
  private var cancelled: Set<UInt32> = []
  /// Streams that began when it had said that it drains: refused, and nothing else.
  private var late: Set<UInt32> = []
  private var isReady = false
  private var isDraining = false
  /// The server has ended it with an error: what came behind is not taken in.
  private(set) var isOver = false
  private(set) var callCount = 0
  private(set) var violations: [String] = []

  init(side: Side, plan: LinkPlan) {
    let (own, peer) =
      side == .client
      ? (plan.clientSettings, plan.serverSettings) : (plan.serverSettings, plan.clientSettings)
    self.side = side
    isCredited = own.capabilities.intersection(peer.capabilities).contains(.credit)
    window = own.connectionCredit
    balance = peer.connectionCredit
    peerStreamWindow = peer.streamCredit
    frameBytesMax = min(own.frameBytesMax, peer.frameBytesMax)
  }

  // MARK: What it sends

  mutating func sent(_ frame: FrameHeader, _ payload: RawSpan) {
    if isReady, frame.payloadByteCount > frameBytesMax {
      violations.append("\(side) sent \(frame.payloadByteCount) bytes in a `\(frame.kind)` frame")
    }
    switch frame.kind {
    case .call: call(frame)
    case .message: message(frame)
    case .end: end(frame)
    case .cancel:
      if side == .server || streams.removeValue(forKey: frame.stream) == nil {
        violations.append("\(side) cancelled stream \(frame.stream), which is not there")
      }
    case .credit: grant(Self.integer(payload), on: frame.stream)
    case .ready: isReady = true
    case .goAway:
      isDraining = true
      isOver = isOver || Self.integer(payload) != 0
    default: break
    }
    if late.contains(frame.stream), frame.kind != .end || frame.headByteCount == 0 {
      violations.append("\(side) drains and goes on with stream \(frame.stream), which is new")
    }
  }

  /// Nobody gives more than he got: that would be no bound.
  private mutating func grant(_ credit: Int, on stream: UInt32) {
    if stream == 0 { grantedCost += credit }
    streams[stream]?.owed -= credit
    if grantedCost > receivedCost || streams[stream].map({ $0.owed < 0 }) ?? false {
      violations.append("\(side) gave credit of \(credit) on stream \(stream) for what never came")
    }
  }

  private mutating func call(_ frame: FrameHeader) {
    callCount += 1
    if side == .server || frame.stream == 0 || streams[frame.stream] != nil {
      violations.append("\(side) sent a call on stream \(frame.stream), which is in use or none")
    }
    streams[frame.stream] = Stream(balance: peerStreamWindow)
    pay(frame)
    note(frame)
  }

  private mutating func message(_ frame: FrameHeader) {
    guard let stream = streams[frame.stream] else {
      return violations.append(
        "\(side) sent a message on stream \(frame.stream), which is not there")
    }
    if side == .client, stream.hasRequestEnded {
      violations.append("client sent a message behind the end of stream \(frame.stream)")
    }
    if cancelled.contains(frame.stream) {
      violations.append("\(side) sent a message on stream \(frame.stream), which was cancelled")
    }
    pay(frame)
    note(frame)
  }

  private mutating func end(_ frame: FrameHeader) {
    if side == .client || streams[frame.stream] == nil {
      violations.append("\(side) ended stream \(frame.stream), which is not there")
    }
    if cancelled.contains(frame.stream) {
      violations.append("\(side) ended stream \(frame.stream), which was cancelled")
    }
    pay(frame)
    streams[frame.stream] = nil
  }

  /// A frame may begin while both balances are above zero.
  private mutating func pay(_ frame: FrameHeader) {
    let cost = Self.cost(frame)
    guard isCredited, cost > 0 else { return }
    if balance <= 0 || streams[frame.stream].map({ $0.balance <= 0 }) ?? false {
      violations.append(
        "\(side) sent \(cost) on stream \(frame.stream) with a balance of "
          + "\(streams[frame.stream]?.balance ?? 0), of \(balance) on the connection")
    }
    balance -= cost
    streams[frame.stream]?.balance -= cost
  }

  private mutating func note(_ frame: FrameHeader) {
    guard side == .client, frame.flags.contains(.end), !frame.flags.contains(.more) else { return }
    streams[frame.stream]?.hasRequestEnded = true
  }

  // MARK: What it gets

  /// Before it is taken in.
  mutating func gets(_ frame: FrameHeader, _ payload: RawSpan) {
    receivedCost += Self.cost(frame)
    switch frame.kind {
    case .call:
      callCount += 1
      streams[frame.stream] = Stream(balance: peerStreamWindow, owed: Self.cost(frame))
      cancelled.remove(frame.stream)
      if isDraining { late.insert(frame.stream) }
    case .message, .end: streams[frame.stream]?.owed += Self.cost(frame)
    case .credit where frame.stream == 0: balance += Self.integer(payload)
    case .credit: streams[frame.stream]?.balance += Self.integer(payload)
    case .ready: isReady = true
    case .goAway: isOver = isOver || Self.integer(payload) != 0
    default: break
    }
  }

  /// It has been taken in: what was sent meanwhile may have crossed it.
  mutating func got(_ frame: FrameHeader) {
    switch (side, frame.kind) {
    case (.client, .end): streams[frame.stream] = nil
    case (.server, .cancel):
      if streams[frame.stream] != nil { cancelled.insert(frame.stream) }
    default: break
    }
  }

  /// All that came has been taken in, and nothing is on its way: the connection's credit is back but for
  /// what is not worth a frame.
  mutating func rest() {
    let missing = receivedCost - grantedCost
    guard isCredited, isReady, !isOver, missing >= max(1, window / 2) || missing < 0 else { return }
    violations.append(
      "\(side) got \(receivedCost) and gave \(grantedCost) of it back, its window being \(window)")
  }

  /// Section 10 of PROTOCOL.md, once more.
  private static func cost(_ frame: FrameHeader) -> Int {
    let isLast = frame.flags.contains(.end) && !frame.flags.contains(.more)
    switch frame.kind {
    case .call: return frame.bodyByteCount + 64
    case .message: return frame.bodyByteCount == 0 && isLast ? 0 : frame.bodyByteCount + 64
    case .end: return frame.bodyByteCount == 0 ? 0 : frame.bodyByteCount + 64
    default: return 0
    }
  }

  /// Credit, or the code of a go-away: field 1 of either head.
  private static func integer(_ payload: RawSpan) -> Int {
    let head = try? HandshakeHead(decoding: payload)
    return Int(clamping: head?[integer: 1] ?? 0)
  }
}
