package import RPC
internal import Wire

/// Keeps calls in flight with the callback API: the next call leaves from within the answer of the last.
package enum CallbackLoad {
  /// Runs to the end of the meter's phases and prints the RESULT line.
  package static func run(
    _ call: LoadCall, on connections: [ClientConnection], inflight: Int,
    meter: LoadMeter
  ) async throws {
    let (ends, end) = AsyncStream<Void>.makeStream()
    for connection in connections {
      await begin(call, on: connection, inflight: inflight, meter: meter) { end.yield() }
    }
    try await meter.run {
      var left = connections.count * inflight
      for await _ in ends {
        left -= 1
        if left == 0 { break }
      }
    }
  }

  private static func begin(
    _ call: LoadCall, on connection: isolated ClientConnection, inflight: Int,
    meter: LoadMeter, ended: @escaping @Sendable () -> Void
  ) {
    for _ in 0..<inflight {
      CallbackCaller(call, meter: meter, ended: ended).next(at: LoadMeter.now(), on: connection)
    }
    connection.flush()
  }
}

/// One call in flight after the other.
private final class CallbackCaller: ReplyReceiver {
  private let call: LoadCall
  private let meter: LoadMeter
  private let ended: @Sendable () -> Void
  private var sentAt: UInt64 = 0

  init(
    _ call: LoadCall, meter: LoadMeter, ended: @escaping @Sendable () -> Void
  ) {
    self.call = call
    self.meter = meter
    self.ended = ended
  }

  /// The transport flushes once all answers of a read are in.
  func next(at now: UInt64, on connection: isolated ClientConnection) {
    sentAt = now
    do throws(RPCError) {
      try call.start(connection, self)
    } catch {
      failed(error, on: connection)
    }
  }

  func receive(_ reply: borrowing ReplyView, on connection: isolated ClientConnection) {
    let isRight = isRight(reply)
    let now = LoadMeter.now()
    meter.record(from: sentAt, to: now, isRight: isRight)
    if meter.phase == .draining || !isRight { ended() } else { next(at: now, on: connection) }
  }

  func failed(_ error: RPCError, on connection: isolated ClientConnection) {
    meter.record(from: sentAt, to: sentAt, isRight: false)
    ended()
  }

  private func isRight(_ reply: borrowing ReplyView) -> Bool {
    guard reply.kind == .end, !reply.flags.containsAny(of: .moreOrCompressed),
      (try? StatusHead.decode(reply.head) == nil) ?? false
    else { return false }
    return call.isRightReply(reply)
  }
}
