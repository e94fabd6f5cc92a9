internal import Wire

/// Sends frames as far as the peer's credit reaches, and keeps the others, in order, until it grants more.
///
/// Streams that wait get their turns one frame at a time, so that none of them starves the others. Lives
/// on the connection's loop.
final class CreditedSink {
  /// A stream that goes on behind a frame that it has sent, or that waits for credit.
  private struct Outgoing {
    var balance: Int
    /// Encoded frames with their cost, those before `next` being gone.
    var frames: [(bytes: [UInt8], cost: Int)] = []
    var next = 0
    /// Nothing of the stream has been sent.
    var isNew = true
    /// Its last frame waits as well: then nothing is to be remembered of it.
    var endsAfterFrames = false

    var isWaiting: Bool { next < frames.count }
  }

  private let sink: any FrameSink
  private(set) var isEnforced = false
  private var connectionBalance = 0
  private var streamWindow = 0
  private var streams: [UInt32: Outgoing] = [:]
  /// Streams with frames that wait, in the order of their turns.
  private var turns: [UInt32] = []
  /// Bytes that wait for credit, on all streams, with what keeping each frame takes.
  private(set) var waitingByteCount = 0

  /// Frames that were written since the latest flush.
  private var unflushedCount = 0
  /// Enough for a write to be worth its system call; see decision 0009.
  private static let unflushedMax = 32

  /// Streams that go on, or wait.
  var streamCount: Int { streams.count }

  init(_ sink: any FrameSink) {
    self.sink = sink
  }

  /// The handshake has shown what the peer takes.
  func enforce(streamWindow: Int, connectionWindow: Int) {
    isEnforced = true
    self.streamWindow = streamWindow
    connectionBalance = connectionWindow
  }

  // MARK: Frames

  /// Writes a frame, or keeps it.
  func write(_ header: FrameHeader, _ fillPayload: (inout OutputRawSpan) -> Void) {
    let cost = header.creditCost
    guard isEnforced, header.kind.isOfACall else { return send(header, fillPayload) }
    if streams.isEmpty, streamWindow > 0, connectionBalance > 0 || cost == 0 {
      // The common case: nothing waits, and the stream has sent nothing before.
      connectionBalance -= cost
      if !header.isLast {
        streams[header.stream] = Outgoing(balance: streamWindow - cost, isNew: false)
      }
      return send(header, fillPayload)
    }
    var outgoing = streams.removeValue(forKey: header.stream) ?? Outgoing(balance: streamWindow)
    if !outgoing.isWaiting, cost == 0 || (outgoing.balance > 0 && connectionBalance > 0) {
      connectionBalance -= cost
      outgoing.balance -= cost
      outgoing.isNew = false
      send(header, fillPayload)
      if header.isLast { return }
    } else {
      if !outgoing.isWaiting { turns.append(header.stream) }
      let bytes = [UInt8](byteCount: WireLimits.headerByteCount + header.payloadByteCount) {
        header.encode(into: &$0)
        fillPayload(&$0)
      }
      outgoing.frames.append((bytes, cost))
      outgoing.endsAfterFrames = header.isLast
      waitingByteCount += Self.keptByteCount(bytes)
    }
    streams[header.stream] = outgoing
  }

  private func send(_ header: FrameHeader, _ fillPayload: (inout OutputRawSpan) -> Void) {
    unflushedCount += 1
    sink.write(header, fillPayload)
  }

  /// What a frame takes in memory while it waits: its bytes, two allocations and its stream's place. A peer that
  /// lets millions of small answers wait must not get ten times what is counted.
  private static func keptByteCount(_ bytes: [UInt8]) -> Int { bytes.count + 240 }

  /// Writes bytes that stand before any frame.
  func write(_ bytes: [UInt8]) {
    sink.write(bytes)
  }

  /// The stream is over: what it waits to send is dropped. `false` if the peer never heard of it.
  @discardableResult
  func forget(_ stream: UInt32) -> Bool {
    guard !streams.isEmpty, let gone = streams.removeValue(forKey: stream) else { return true }
    if gone.isWaiting {
      turns.removeAll { $0 == stream }
      for frame in gone.frames[gone.next...] { waitingByteCount -= Self.keptByteCount(frame.bytes) }
    }
    return !gone.isNew
  }

  /// All streams are over.
  func forgetAll() {
    streams = [:]
    turns = []
    waitingByteCount = 0
  }

  // MARK: Credit

  /// Whether a frame of this stream would have to wait.
  func mustWait(_ stream: UInt32) -> Bool {
    guard isEnforced else { return false }
    guard connectionBalance > 0 else { return true }
    guard let outgoing = streams[stream] else { return streamWindow <= 0 }
    return outgoing.isWaiting || outgoing.balance <= 0
  }

  /// Whether frames of a stream wait.
  func isWaiting(_ stream: UInt32) -> Bool {
    streams[stream]?.isWaiting ?? false
  }

  /// The peer takes more: on a stream that it knows, or on the connection (0).
  func grant(_ credit: Int, on stream: UInt32) {
    guard isEnforced else { return }
    if stream == 0 {
      connectionBalance = Self.sum(connectionBalance, credit)
    } else {
      var outgoing = streams[stream] ?? Outgoing(balance: streamWindow, isNew: false)
      outgoing.balance = Self.sum(outgoing.balance, credit)
      streams[stream] = outgoing
    }
    sendWaiting()
  }

  /// A frame of each stream in turn, while there is credit.
  private func sendWaiting() {
    var stuck = 0
    while connectionBalance > 0, stuck < turns.count {
      let stream = turns.removeFirst()
      guard var outgoing = streams.removeValue(forKey: stream) else { continue }
      let (bytes, cost) = outgoing.frames[outgoing.next]
      guard outgoing.balance > 0 || cost == 0 else {
        stuck += 1
        turns.append(stream)
        streams[stream] = outgoing
        continue
      }
      stuck = 0
      connectionBalance -= cost
      outgoing.balance -= cost
      outgoing.isNew = false
      outgoing.next += 1
      waitingByteCount -= Self.keptByteCount(bytes)
      sink.write(bytes)
      if outgoing.isWaiting {
        turns.append(stream)
      } else if outgoing.endsAfterFrames {
        continue
      } else {
        outgoing.frames = []
        outgoing.next = 0
      }
      streams[stream] = outgoing
    }
  }

  /// More credit than any sender can use is as good as this: a hostile grant must not overflow.
  private static func sum(_ balance: Int, _ credit: Int) -> Int {
    min(balance + min(max(0, credit), Int(UInt32.max)), Int(UInt32.max))
  }

  // MARK: Bytes

  /// Bytes that are sent and not yet taken by the peer's side of the transport.
  var bufferedByteCount: Int { sink.bufferedByteCount }

  func flush() {
    unflushedCount = 0
    sink.flush()
  }

  /// Flushes if much has been written in the course of one read: so the peer works on the first of many
  /// answers, or calls, while the last are being made, instead of in turn with us.
  func flushIfMany() {
    if unflushedCount >= Self.unflushedMax { flush() }
  }

  func close() {
    sink.close()
  }
}

extension FrameKind {
  /// Whether credit counts for it.
  fileprivate var isOfACall: Bool {
    switch self {
    case .call, .message, .end: true
    default: false
    }
  }
}

extension FrameHeader {
  /// Whether its sender sends nothing more on its stream.
  fileprivate var isLast: Bool {
    if case .end = kind { true } else { flags.contains(.end) && !flags.contains(.more) }
  }
}
