import Base
import Contracts
import RPC
import Wire

/// Frames against a client's connection, from its first byte or behind a handshake, with calls in flight.
enum ClientCheck {
  private static let callCount = 6

  /// Counts how a call ends: once.
  private final class Ending: ReplyReceiver, @unchecked Sendable {
    private(set) var endCount = 0
    private(set) var framesAfterEnd = 0

    func receive(_ reply: borrowing ReplyView, on connection: isolated ClientConnection) {
      if endCount > 0 { framesAfterEnd += 1 }
      if reply.kind == .end { endCount += 1 }
    }

    func failed(_ error: RPCError, on connection: isolated ClientConnection) { endCount += 1 }
  }

  static func violation(in bytes: [UInt8], isReady: Bool) -> String? {
    var input = FuzzInput(bytes)
    let loop = FuzzLoop()
    let sink = FuzzSink(allowed: FuzzService.sentByClients)
    var settings = ConnectionSettings()
    let choice = input.byte()
    settings.streamCredit = [64, 1_000, 65_536, 1 << 20][Int(choice & 3)]
    let client = ClientConnection(
      loop: loop, sink: sink, authenticator: FuzzClientAuthenticator(), settings: settings,
      address: "fuzz:1", security: .plain, sameHost: choice & 4 == 0, onRetired: { _ in })
    loop.run { client.assumeIsolated { $0.opened() } }
    var pending = isReady ? FuzzService.welcome : []
    feed(&pending, to: client, on: loop)
    let calls = begin(on: client, loop)
    if isReady, calls.count != callCount {
      return "\(calls.count) of \(callCount) calls could begin"
    }
    while !input.isEmpty, !sink.isClosed {
      switch input.step() {
      case .bytes(let more): pending += more
      case .time(let duration): loop.advance(by: duration)
      case .writable: loop.run { client.assumeIsolated { $0.writable() } }
      }
      feed(&pending, to: client, on: loop)
      if let fault = fault(sink) { return fault }
    }
    loop.run { client.assumeIsolated { $0.closed() } }
    loop.advance(by: .seconds(10))
    if calls.contains(where: { $0.endCount != 1 }) {
      return "calls ended \(calls.map(\.endCount)) times"
    }
    if calls.contains(where: { $0.framesAfterEnd > 0 }) { return "frames came behind an end" }
    let inFlight = Box(0)
    loop.run { inFlight.value = client.assumeIsolated { $0.callsInFlight } }
    return inFlight.value == 0 ? fault(sink) : "\(inFlight.value) calls are in flight for ever"
  }

  private static func begin(on client: ClientConnection, _ loop: FuzzLoop) -> [Ending] {
    let calls = Box<[Ending]>([])
    loop.run {
      client.assumeIsolated { connection in
        for number in 0..<callCount {
          let ending = Ending()
          var options = CallOptions(timeout: number == 0 ? .milliseconds(100) : nil)
          if number == 1 { options.assertion = [1, 2] }
          let begun = try? connection.start(
            FuzzService.router.descriptors[number % FuzzService.router.descriptors.count],
            Inference.ServerLiveRequest(), options: options, receiver: ending)
          if begun != nil { calls.value.append(ending) }
        }
        connection.flush()
      }
    }
    return calls.value
  }

  private static func feed(
    _ pending: inout [UInt8], to client: ClientConnection, on loop: FuzzLoop
  ) {
    let bytes = pending
    let used = Box(0)
    loop.run {
      used.value = client.assumeIsolated { connection in
        let used = bytes.withRawSpan { connection.receive($0) }
        connection.flush()
        return used
      }
    }
    pending.removeFirst(min(used.value, pending.count))
  }

  private static func fault(_ sink: FuzzSink) -> String? {
    if sink.wroteClosed { return "the client writes behind its end" }
    if sink.wroteGarbage { return "the client writes what is no frame" }
    return sink.wrongKind.map { "the client sent a `\($0)` frame" }
  }
}
