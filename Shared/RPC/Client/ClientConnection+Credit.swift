internal import Wire

/// Credit, both ways.
extension ClientConnection {
  /// From ready on, where both sides have agreed to it.
  func enforceCredit() {
    guard handshake.agreed.capabilities.contains(.credit) else { return }
    connectionCredit = CreditMeter(window: handshake.settings.connectionCredit)
    calls.window = handshake.settings.streamCredit
    sink.enforce(
      streamWindow: handshake.agreed.streamCredit,
      connectionWindow: handshake.agreed.connectionCredit)
  }

  // MARK: What the server may send

  /// `false` if the server had no credit: the connection or the call is over then.
  func takeCredit(_ frame: FrameHeader) -> Bool {
    guard connectionCredit?.take(frame.creditCost) ?? true else {
      close(RPCError(.unavailable, "the server broke the protocol: \(WireError.creditExceeded)"))
      return false
    }
    guard frame.creditCost > 0, !calls.take(frame.creditCost, of: frame.stream) else { return true }
    let receiver = calls.receiver(of: frame.stream)
    cancel(frame.stream)
    receiver?.failed(
      RPCError(.internalError, "the server sent a message without credit of its stream"), on: self)
    return false
  }

  /// The connection's credit comes back as soon as a frame has been taken in: a stream that nobody reads
  /// must not stop the others.
  func giveCreditBack(_ frame: FrameHeader) {
    if let credit = connectionCredit?.release(frame.creditCost) { writeCredit(credit, on: 0) }
  }

  /// Bytes of a stream have been read, or passed on. The caller flushes.
  package func giveCreditBack(_ cost: Int, on stream: UInt32) {
    if let credit = calls.release(cost, of: stream) { writeCredit(credit, on: stream) }
  }

  private func writeCredit(_ credit: Int, on stream: UInt32) {
    guard case .closed = state else {
      return writeControl(.credit, stream: stream, head: CreditHead.encode(credit))
    }
  }

  // MARK: What we may send

  func receiveCredit(_ frame: FrameHeader, head: RawSpan) {
    guard let credit = try? CreditHead.decode(head) else {
      return close(RPCError(.unavailable, "the server's `credit` frame is malformed"))
    }
    guard frame.stream == 0 || calls.receiver(of: frame.stream) != nil else { return }
    sink.grant(credit, on: frame.stream)
    resumeWriters(frame.stream)
  }

  /// Whether a message of a request would have to wait.
  package func mustWait(_ stream: UInt32) -> Bool {
    sink.mustWait(stream) || sink.bufferedByteCount > Self.bufferedBytesHigh
  }

  /// Unsent bytes above which the writers of streams wait.
  private static var bufferedBytesHigh: Int { 4 * 1024 * 1024 }

  /// The server has taken bytes.
  package func writable() {
    resumeWriters(0)
  }

  /// The receiver of a stream is told, once, when its request may be written again.
  package func awaitWritable(_ stream: UInt32) {
    rawWriters.insert(stream)
  }

  /// Streams look again whether they may write: one, or all of them (0).
  private func resumeWriters(_ stream: UInt32) {
    writers.wake(stream)
    guard !rawWriters.isEmpty else { return }
    for id in stream == 0 ? Array(rawWriters) : [stream] where rawWriters.contains(id) {
      guard !mustWait(id) else { continue }
      rawWriters.remove(id)
      calls.receiver(of: id)?.writable(on: self)
    }
  }
}
