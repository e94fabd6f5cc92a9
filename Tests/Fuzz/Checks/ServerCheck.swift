import Base
import Contracts
import RPC
import Wire

/// Frames against a server's connection, from its first byte (`handshake`) or behind a handshake (`streams`).
enum ServerCheck {
  private static let limits: ServerLimits = {
    var limits = ServerLimits()
    limits.callsPerConnectionMax = 8
    limits.heldBytesMax = 100_000
    limits.heldBytesTotalMax = 150_000
    limits.waitingBytesMax = 50_000
    limits.messageBytesMax = 60_000
    return limits
  }()

  static func violation(in bytes: [UInt8], isReady: Bool) -> String? {
    var input = FuzzInput(bytes)
    let loop = FuzzLoop()
    let sink = FuzzSink(allowed: FuzzService.sentByServers)
    var settings = ConnectionSettings()
    let windows = [64, 1_000, 65_536, 1 << 20]
    let choice = input.byte()
    settings.streamCredit = windows[Int(choice & 3)]
    settings.connectionCredit = windows[Int(choice >> 2 & 3)]
    if choice & 16 != 0 { settings.capabilities.remove(.credit) }
    let core = ServerCore(
      router: FuzzService.router, authenticator: FuzzServerAuthenticator(),
      gates: [RoleAdmission()], assertionVerifier: FuzzAssertions(), settings: settings,
      limits: limits)
    let server = ServerConnection(
      core: core, loop: loop, sink: sink, address: "fuzz:1", security: .plain, sameHost: false)
    loop.run { server.assumeIsolated { $0.opened() } }
    var pending: [UInt8] = []
    if isReady { pending = FuzzService.handshake(isGateway: choice & 32 != 0) }
    var isOver = false
    while !isOver {
      feed(&pending, to: server, on: loop)
      if let fault = fault(server, sink, core, on: loop) { return fault }
      if input.isEmpty || sink.isClosed { isOver = true }
      switch input.step() {
      case .bytes(let more): pending += more
      case .time(let duration): loop.advance(by: duration)
      case .writable: loop.run { server.assumeIsolated { $0.writable() } }
      }
    }
    loop.run { server.assumeIsolated { $0.closed() } }
    return remains(server, sink, core, on: loop)
  }

  private static func feed(
    _ pending: inout [UInt8], to server: ServerConnection, on loop: FuzzLoop
  ) {
    let bytes = pending
    let used = Box(0)
    loop.run {
      used.value = server.assumeIsolated { connection in
        let used = bytes.withRawSpan { connection.receive($0) }
        connection.flush()
        return used
      }
    }
    pending.removeFirst(min(used.value, pending.count))
  }

  /// What must hold between any two frames.
  private static func fault(
    _ server: ServerConnection, _ sink: FuzzSink, _ core: ServerCore, on loop: FuzzLoop
  ) -> String? {
    let books = books(of: server, on: loop)
    if books.heldByteCount < 0 || books.heldByteCount > limits.heldBytesMax + limits.messageBytesMax
    {
      return "the connection holds \(books.heldByteCount) bytes"
    }
    if books.callCount > limits.callsPerConnectionMax { return "\(books.callCount) calls at once" }
    if books.waitingByteCount > limits.waitingBytesMax + 2 * WireLimits.framePayloadBytesMax {
      return "\(books.waitingByteCount) bytes wait for credit"
    }
    if sink.wroteClosed { return "the server writes behind its end" }
    if sink.wroteGarbage { return "the server writes what is no frame" }
    return sink.wrongKind.map { "the server sent a `\($0)` frame" }
  }

  /// What must hold when the connection has ended.
  private static func remains(
    _ server: ServerConnection, _ sink: FuzzSink, _ core: ServerCore, on loop: FuzzLoop
  ) -> String? {
    // Handlers that work on have their time.
    loop.advance(by: .seconds(10))
    let books = books(of: server, on: loop)
    if books.callCount + books.taskCount + books.writerCount + books.heldByteCount != 0 {
      return "after the end the connection keeps \(books)"
    }
    if core.connectionCount != 0 { return "the server keeps \(core.connectionCount) connections" }
    if core.heldByteCount != 0 { return "the server holds \(core.heldByteCount) bytes" }
    return fault(server, sink, core, on: loop)
  }

  private static func books(of server: ServerConnection, on loop: FuzzLoop) -> ConnectionBooks {
    let books = Box(ConnectionBooks())
    loop.run { books.value = server.assumeIsolated { $0.books } }
    return books.value
  }
}
