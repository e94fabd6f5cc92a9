import Base
import RPC
import RPCTestKit
import Wire

/// One direction of a simulated connection: takes what one side writes, does to it what the plan says, and
/// brings it to the other side in pieces, late.
final class FaultPipe: FrameSink, @unchecked Sendable {
  /// The reading side, and who is told of what passes.
  struct Reader: @unchecked Sendable {
    let loop: SimulatedLoop
    /// Takes bytes and returns how many were used; the rest comes again.
    let receive: (RawSpan) -> Int
    let delivered: () -> Void
    let mayRead: () -> Bool
    let ended: () -> Void
  }

  private let simulator: Simulator
  private let plan: LinkPlan.Direction
  private var chance: Chance
  /// Frames since the last flush, and the bytes before any frame.
  private var written: [[UInt8]] = []
  private var inFlight: [UInt8] = []
  private var unused: [UInt8] = []
  private var damage: FrameDamage
  /// Writes in the place of the writing side, where a fault is planted.
  var saboteur: Saboteur?
  private var nextStall = 0
  private var isStalled = false
  private var isDelivering = false
  private var hasEnded = false
  private(set) var deliveredByteCount = 0
  private(set) var isClosed = false
  var reader: Reader?
  /// Tells the writing side that the reader has taken bytes.
  var taken: () -> Void = {}
  /// Hears of each frame as it is written, and as it arrives.
  var tap: FrameTap?
  /// Does to the whole connection what the plan's end says.
  var reset: () -> Void = {}
  /// Faults that have happened.
  private(set) var faultCount = 0

  init(simulator: Simulator, plan: LinkPlan.Direction, chance: Chance) {
    self.simulator = simulator
    self.plan = plan
    self.chance = chance
    damage = FrameDamage(plan: plan)
  }

  // MARK: The writing side

  func write(_ bytes: [UInt8]) {
    guard !isClosed else { return }
    for frame in saboteur?.applied(to: bytes) ?? [bytes] {
      tap?.written(frame)
      written.append(frame)
    }
  }

  func write(_ header: FrameHeader, _ fillPayload: (inout OutputRawSpan) -> Void) {
    write(
      [UInt8](byteCount: WireLimits.headerByteCount + header.payloadByteCount) { output in
        header.encode(into: &output)
        fillPayload(&output)
      })
  }

  var bufferedByteCount: Int { written.reduce(0) { $0 + $1.count } + inFlight.count }

  func flush() {
    guard !written.isEmpty else { return }
    let before = damage.count
    inFlight += damage.applied(to: written, using: &chance)
    faultCount += damage.count - before
    written = []
    if damage.isHolding {
      simulator.schedule(after: .random(in: .zero ... .milliseconds(20), using: &chance)) {
        self.inFlight += self.damage.released()
        self.deliver()
      }
    }
    deliver()
  }

  func close() {
    guard !isClosed else { return }
    flush()
    isClosed = true
    inFlight += damage.released()
    deliver()
  }

  // MARK: The network

  /// Brings what is there to the reader, later.
  func deliver() {
    guard !isDelivering, !isStalled, !hasEnded, let reader else { return }
    isDelivering = true
    simulator.schedule(after: .random(in: plan.latency, using: &chance)) {
      reader.loop.execute { self.deliverNow() }
    }
  }

  /// Loses what is on its way, and tells the reader.
  func cut() {
    guard !hasEnded else { return }
    written = []
    inFlight = []
    isClosed = true
    isStalled = false
    finish()
  }

  private func deliverNow() {
    isDelivering = false
    guard let reader, !hasEnded, !isStalled else { return }
    let room = byteCountToNextFault()
    if room == 0 { return fault() }
    guard !inFlight.isEmpty else {
      if isClosed { finish() }
      return
    }
    guard reader.mayRead() else { return }
    let count = min(
      inFlight.count, room,
      Int.random(in: 1...plan.deliveryBytesMax(after: deliveredByteCount), using: &chance))
    let before = unused.count
    unused += inFlight.prefix(count)
    inFlight.removeFirst(count)
    deliveredByteCount += count
    tap?.arriving(unused[before...])
    let used = unused.withRawSpan { reader.receive($0) }
    unused.removeFirst(used)
    tap?.arrived()
    reader.delivered()
    taken()
    if !inFlight.isEmpty || isClosed || byteCountToNextFault() == 0 { deliver() }
  }

  private func byteCountToNextFault() -> Int {
    let stall = nextStall < plan.stalls.count ? plan.stalls[nextStall].at : .max
    let end = plan.end == .none ? .max : plan.endAt
    return max(0, min(stall, end) - deliveredByteCount)
  }

  private func fault() {
    faultCount += 1
    if nextStall < plan.stalls.count, plan.stalls[nextStall].at <= deliveredByteCount {
      let stall = plan.stalls[nextStall]
      nextStall += 1
      isStalled = true
      simulator.schedule(after: stall.duration) {
        self.isStalled = false
        self.deliver()
      }
      return
    }
    switch plan.end {
    case .none: break
    case .truncate: cut()
    case .reset: reset()
    // Whoever writes goes on as if somebody read, until its buffer is full.
    case .blackHole: isStalled = true
    }
  }

  private func finish() {
    hasEnded = true
    guard let reader else { return }
    // The connections hold this pipe: let go of them.
    self.reader = nil
    taken = {}
    reader.loop.execute { reader.ended() }
  }
}
