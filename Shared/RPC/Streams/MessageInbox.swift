internal import Synchronization
internal import Wire

/// Messages of one stream that wait for their reader, as bytes. One task reads at a time.
///
/// What it holds is bounded by the credit of its stream, which comes back as messages are read: a reader
/// that does not read stops its own stream and nothing else.
package final class MessageInbox: Sendable {
  private struct Message {
    var bytes: [UInt8]
    /// Credit that comes back when it is read.
    var cost: Int
    var heldByteCount: Int
  }

  private struct State {
    var messages: [Message] = []
    var first = 0
    /// A message that is not whole, and what its frames take in memory.
    var parts: [UInt8] = []
    var partsHeldByteCount = 0
    var hasParts = false
    var heldByteCount = 0
    var end: Result<Void, RPCError>?
    var reader: CheckedContinuation<Void, Never>?
    var read = Read()
  }

  /// What was read since it was told last; the peer may send as much again.
  struct Read {
    var cost = 0
    var heldByteCount = 0
  }

  private enum Step {
    case message([UInt8], Read?)
    case end(Result<Void, RPCError>)
    case nothing
  }

  private let state = Mutex(State())
  private let step: Int

  /// - Parameter window: credit of the stream; half of it read is told at once.
  init(window: Int) {
    step = CreditMeter.step(of: window)
  }

  // MARK: The connection's side

  /// Adds a message, or a part of one. The reader can't give back the credit of a part, so parts come
  /// without: the connection gives it back, and the message over all its parts has a limit.
  ///
  /// - Throws: `resourceExhausted` for a message over `byteCountMax`.
  func add(_ bytes: [UInt8], cost: Int, more: Bool, byteCountMax: Int) throws(RPCError) {
    let held = Self.heldByteCount(bytes.count)
    let reader = try state.withLock { (state) throws(RPCError) in
      guard state.end == nil else { return nil as CheckedContinuation<Void, Never>? }
      guard state.parts.count + bytes.count <= byteCountMax else {
        throw RPCError(
          .resourceExhausted, "a message of this stream is over the limit of \(byteCountMax) bytes")
      }
      state.heldByteCount += held
      if more || state.hasParts {
        state.parts += bytes
        state.partsHeldByteCount += held
        state.hasParts = more
        guard !more else { return nil }
        state.messages.append(
          Message(bytes: state.parts, cost: cost, heldByteCount: state.partsHeldByteCount))
        state.parts = []
        state.partsHeldByteCount = 0
      } else {
        state.messages.append(Message(bytes: bytes, cost: cost, heldByteCount: held))
      }
      return state.reader.take()
    }
    reader?.resume()
  }

  /// What a frame of a message counts as while nobody has read it: even an empty one takes memory.
  static func heldByteCount(_ byteCount: Int) -> Int { byteCount + FrameHeader.creditSurcharge }

  /// No further messages come. The reader still gets those that are here, and then hears why the call has
  /// failed, if it has.
  func end(_ error: RPCError? = nil) {
    let reader = state.withLock { state in
      guard state.end == nil else { return nil as CheckedContinuation<Void, Never>? }
      if let error {
        state.end = .failure(error)
      } else if state.hasParts {
        state.end = .failure(
          RPCError(.invalidArgument, "the stream ended inside a message"))
      } else {
        state.end = .success(())
      }
      return state.reader.take()
    }
    reader?.resume()
  }

  /// What the messages that wait for the reader count as.
  var heldByteCount: Int { state.withLock { $0.heldByteCount } }

  /// Places for messages, those that were read among them.
  var capacity: Int { state.withLock { $0.messages.count } }

  // MARK: The reader's side

  /// The next message, or `nil` at the end, and what the connection is to be told.
  ///
  /// - Throws: why the stream failed; `cancelled` if the reading task was.
  func next() async throws(RPCError) -> (bytes: [UInt8], read: Read?)? {
    while true {
      switch take() {
      case .message(let bytes, let read): return (bytes, read)
      case .end(.success): return nil
      case .end(.failure(let error)): throw error
      case .nothing: break
      }
      guard !Task.isCancelled else {
        throw RPCError(.cancelled, "the reader of the stream was cancelled")
      }
      await wait()
    }
  }

  private func take() -> Step {
    state.withLock { state in
      guard state.first < state.messages.count else {
        return state.end.map { .end($0) } ?? .nothing
      }
      let message = state.messages[state.first]
      state.messages[state.first].bytes = []
      state.first += 1
      // Half of the places at most are of messages that were read.
      if state.first * 2 >= state.messages.count {
        state.messages.removeFirst(state.first)
        state.first = 0
      }
      state.heldByteCount -= message.heldByteCount
      state.read.cost += message.cost
      state.read.heldByteCount += message.heldByteCount
      guard max(state.read.cost, state.read.heldByteCount) >= step else {
        return .message(message.bytes, nil)
      }
      defer { state.read = Read() }
      return .message(message.bytes, state.read)
    }
  }

  private func wait() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isReady = state.withLock { state in
          let isReady = state.first < state.messages.count || state.end != nil || Task.isCancelled
          precondition(state.reader == nil, "one task reads a stream at a time")
          if !isReady { state.reader = continuation }
          return isReady
        }
        if isReady { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.reader.take() }?.resume()
    }
  }
}
