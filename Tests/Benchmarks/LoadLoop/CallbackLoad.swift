package import RPC
internal import Wire

/// Keeps calls in flight with the callback API: the next call leaves from within the answer of the last.
package enum CallbackLoad {
  /// Runs to the end of the meter's phases and prints the RESULT line.
  package static func run<Request, Response>(
    _ call: LoadCall<Request, Response>, on connections: [ClientConnection], inflight: Int,
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

  private static func begin<Request, Response>(
    _ call: LoadCall<Request, Response>, on connection: isolated ClientConnection, inflight: Int,
    meter: LoadMeter, ended: @escaping @Sendable () -> Void
  ) {
    for _ in 0..<inflight {
      CallbackCaller(call, meter: meter, ended: ended).next(at: LoadMeter.now(), on: connection)
    }
    connection.flush()
  }
}

/// One call in flight after the other.
private final class CallbackCaller<Request: WireMessage, Response: WireMessage>: ReplyReceiver {
  private let call: LoadCall<Request, Response>
  private let meter: LoadMeter
  private let ended: @Sendable () -> Void
  private var sentAt: UInt64 = 0

  init(
    _ call: LoadCall<Request, Response>, meter: LoadMeter, ended: @escaping @Sendable () -> Void
  ) {
    self.call = call
    self.meter = meter
    self.ended = ended
  }

  /// The transport flushes once all answers of a read are in.
  func next(at now: UInt64, on connection: isolated ClientConnection) {
    sentAt = now
    do throws(RPCError) {
      _ = try connection.start(
        call.method.descriptor, call.request, options: call.options, receiver: self)
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
    guard reply.kind == .end, reply.flags.isDisjoint(with: [.more, .compressed]),
      (try? StatusHead.decode(reply.head) == nil) ?? false,
      let answer = try? Response(
        decoding: reply.body, limits: .forBody(byteCount: reply.bodyByteCount))
    else { return false }
    return call.isRight(answer)
  }
}
