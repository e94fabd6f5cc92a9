internal import Wire

/// Credit, both ways.
extension ServerConnection {
  /// From ready on, where both sides have agreed to it.
  func enforceCredit() {
    guard handshake.agreed.capabilities.contains(.credit) else { return }
    connectionCredit = CreditMeter(window: handshake.settings.connectionCredit)
    sink.enforce(
      streamWindow: handshake.agreed.streamCredit,
      connectionWindow: handshake.agreed.connectionCredit)
  }

  // MARK: What the peer may send

  func takeCredit(_ frame: FrameHeader) throws(WireError) {
    guard connectionCredit?.take(frame.creditCost) ?? true else { throw .creditExceeded }
  }

  /// The connection's credit comes back as soon as a frame has been taken in: a stream that nobody reads
  /// must not stop the others. What a stream keeps is bounded by its own credit and by the budget of
  /// bytes held.
  func giveCreditBack(_ frame: FrameHeader) {
    if let credit = connectionCredit?.release(frame.creditCost) { writeCredit(credit, on: 0) }
  }

  /// Bytes of a stream have been read, or passed on.
  package func giveCreditBack(_ cost: Int, on stream: UInt32) {
    if let credit = streams[stream]?.credit?.release(cost) { writeCredit(credit, on: stream) }
  }

  private func writeCredit(_ credit: Int, on stream: UInt32) {
    guard !isClosed else { return }
    writeControl(.credit, stream: stream, head: CreditHead.encode(credit))
  }

  // MARK: What we may send

  func receiveCredit(_ frame: FrameHeader, head: RawSpan) throws(WireError) {
    guard connectionCredit != nil else { return }
    let credit: Int
    do throws(ProtobufError) {
      credit = try CreditHead.decode(head)
    } catch {
      throw .malformedHead(.credit)
    }
    // A grant may cross the end of its call; and the answer of a call that has ended may wait for it.
    guard frame.stream == 0 || streams[frame.stream] != nil || sink.isWaiting(frame.stream) else {
      return
    }
    sink.grant(credit, on: frame.stream)
    resumeWriters(frame.stream)
    if isDraining { closeIfDrained() }
  }

  /// Whether a message of a stream would have to wait.
  package func mustWait(_ stream: UInt32) -> Bool {
    sink.mustWait(stream) || sink.bufferedByteCount > core.limits.bufferedBytesHigh
  }

  /// Streams look again whether they may write: one, or all of them (0).
  func resumeWriters(_ stream: UInt32) {
    writers.wake(stream)
    guard !rawWriters.isEmpty else { return }
    for id in stream == 0 ? Array(rawWriters) : [stream] where rawWriters.contains(id) {
      guard !mustWait(id) else { continue }
      rawWriters.remove(id)
      if case .raw(let receiver)? = streams[id]?.work { receiver.writable(on: self) }
    }
  }

  /// A raw handler is told, once, when its stream may be written again.
  package func awaitWritable(_ stream: UInt32) {
    guard isOpen(stream) else { return }
    rawWriters.insert(stream)
  }
}
