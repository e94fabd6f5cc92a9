internal import Base

/// The calls of a client's connection that wait for answers, found by stream id without hashing: the low
/// bits of an id are its place, the high bits tell apart those that had the place before.
struct CallSlots {
  struct Slot {
    var stream: UInt32 = 0
    var generation: UInt32 = 0
    var deadline = MonotonicInstant.distantFuture
    var receiver: (any ReplyReceiver)?
    var credit = CreditMeter(window: .max)
    /// A request that is a stream has said its last.
    var isRequestFinished = false
  }

  /// What the server may send on a new stream before it is granted more.
  var window = Int.max

  /// 2^18 calls at once on one connection; 2^14 generations of a place.
  static let placeBits: UInt32 = 18
  static let countMax = 1 << placeBits

  private var slots: [Slot] = []
  private var free: [UInt32] = []
  private(set) var count = 0

  /// The stream id of a new call, or `nil` if there are too many.
  mutating func add(_ receiver: any ReplyReceiver, deadline: MonotonicInstant) -> UInt32? {
    let place: UInt32
    if let last = free.popLast() {
      place = last
    } else {
      guard slots.count < Self.countMax else { return nil }
      place = UInt32(slots.count)
      slots.append(Slot())
    }
    let index = Int(place)
    // A generation is never 0, so that no stream is: 0 is the connection.
    slots[index].generation = slots[index].generation % ((1 << (32 - Self.placeBits)) - 1) + 1
    let stream = slots[index].generation << Self.placeBits | place
    slots[index].stream = stream
    slots[index].deadline = deadline
    slots[index].receiver = receiver
    slots[index].credit = CreditMeter(window: window)
    slots[index].isRequestFinished = false
    count += 1
    return stream
  }

  func receiver(of stream: UInt32) -> (any ReplyReceiver)? {
    let index = Int(stream & UInt32(Self.countMax - 1))
    guard index < slots.count, slots[index].stream == stream else { return nil }
    return slots[index].receiver
  }

  /// Counts a frame of a call that goes on. `false` if the server had no credit for it.
  mutating func take(_ cost: Int, of stream: UInt32) -> Bool {
    let index = Int(stream & UInt32(Self.countMax - 1))
    guard index < slots.count, slots[index].stream == stream else { return true }
    return slots[index].credit.take(cost)
  }

  /// Whether more of a request may be sent.
  func isWritten(_ stream: UInt32) -> Bool {
    let index = Int(stream & UInt32(Self.countMax - 1))
    return index < slots.count && slots[index].stream == stream && !slots[index].isRequestFinished
  }

  mutating func finishRequest(_ stream: UInt32) {
    let index = Int(stream & UInt32(Self.countMax - 1))
    guard index < slots.count, slots[index].stream == stream else { return }
    slots[index].isRequestFinished = true
  }

  /// Counts what has been read, and returns what is to be granted now.
  mutating func release(_ cost: Int, of stream: UInt32) -> Int? {
    let index = Int(stream & UInt32(Self.countMax - 1))
    guard index < slots.count, slots[index].stream == stream else { return nil }
    return slots[index].credit.release(cost)
  }

  @discardableResult
  mutating func remove(_ stream: UInt32) -> (any ReplyReceiver)? {
    let place = stream & UInt32(Self.countMax - 1)
    guard place < slots.count, slots[Int(place)].stream == stream,
      let receiver = slots[Int(place)].receiver.take()
    else { return nil }
    slots[Int(place)].stream = 0
    free.append(place)
    count -= 1
    return receiver
  }

  /// Streams whose time is over, and the earliest deadline of the others.
  func expired(at now: MonotonicInstant) -> (streams: [UInt32], next: MonotonicInstant) {
    var streams: [UInt32] = []
    var next = MonotonicInstant.distantFuture
    for slot in slots where slot.stream != 0 {
      if slot.deadline <= now {
        streams.append(slot.stream)
      } else {
        next = min(next, slot.deadline)
      }
    }
    return (streams, next)
  }

  mutating func removeAll() -> [any ReplyReceiver] {
    let receivers = slots.compactMap { $0.stream == 0 ? nil : $0.receiver }
    slots = []
    free = []
    count = 0
    return receivers
  }
}
