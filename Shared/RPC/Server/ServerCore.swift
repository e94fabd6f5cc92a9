internal import Base
internal import Synchronization
internal import Wire

/// What all connections of a server share: its methods, who may call them, and who is connected.
package final class ServerCore: Sendable {
  let routes: [Router.Route]
  let gates: [any CallGate]
  let observers: [any CallObserver]
  let methods: [MethodDescriptor]
  let authenticator: any ServerAuthenticator
  let assertionVerifier: (any AssertionVerifier)?
  let settings: ConnectionSettings
  package let limits: ServerLimits
  private let connections = Mutex(Connections())
  private let held = Atomic(0)

  private struct Connections {
    var live: [ObjectIdentifier: ServerConnection] = [:]
    var isDraining = false
  }

  /// - Parameters:
  ///   - gates: the first to refuse a call ends it; they come before whatever spends on it.
  ///   - observers: hear of every call that has ended.
  package init(
    router: Router, authenticator: any ServerAuthenticator,
    gates: [any CallGate], observers: [any CallObserver] = [],
    assertionVerifier: (any AssertionVerifier)? = nil,
    settings: ConnectionSettings = ConnectionSettings(), limits: ServerLimits = ServerLimits()
  ) {
    routes = router.routes
    methods = router.descriptors
    self.gates = gates
    self.observers = observers
    self.authenticator = authenticator
    self.assertionVerifier = assertionVerifier
    self.settings = settings
    self.limits = limits
  }

  /// Head of the ready frame: the table of methods.
  var readyHead: [UInt8] {
    var ready = HandshakeHead()
    ready[list: 1] = routes.map { [UInt8]($0.descriptor.name.utf8) }
    return ready.encoded()
  }

  /// Body bytes of requests that are not answered, as far as connections have told.
  package var heldByteCount: Int { held.load(ordering: .relaxed) }

  /// Connections tell of their bytes in steps of this many.
  var heldStep: Int { min(64 * 1024, limits.heldBytesTotalMax / 16) }

  func changeHeld(by byteCount: Int) {
    held.wrappingAdd(byteCount, ordering: .relaxed)
  }

  /// Connections that are open, or have handlers that still run.
  package var connectionCount: Int { connections.withLock { $0.live.count } }

  /// `false` if the server drains or is full: the connection is to be closed.
  func admit(_ connection: ServerConnection) -> Bool {
    connections.withLock { connections in
      guard !connections.isDraining, connections.live.count < limits.connectionsMax else {
        return false
      }
      connections.live[ObjectIdentifier(connection)] = connection
      return true
    }
  }

  func remove(_ connection: ServerConnection) {
    connections.withLock { _ = $0.live.removeValue(forKey: ObjectIdentifier(connection)) }
  }

  /// Closes every connection, and cancels what runs on it.
  package func close() async {
    for connection in connections.withLock({ Array($0.live.values) }) {
      await connection.goAway(RPCError(.unavailable, "the server ends"))
    }
  }

  /// Says go-away on every connection, and lets the calls that have begun end.
  package func drain() async {
    let live = connections.withLock { connections in
      connections.isDraining = true
      return Array(connections.live.values)
    }
    for connection in live {
      await connection.drain()
    }
  }
}

/// What a server gives to its peers together and each.
package struct ServerLimits: Sendable, Hashable {
  /// Connections at once; more are closed as they come.
  package var connectionsMax = 16_384
  /// Calls of one connection that have begun and not ended; more are refused with `resourceExhausted`.
  package var callsPerConnectionMax = 4_096
  /// Time from connect to ready, after which a silent peer is closed.
  package var handshakeTimeout = Duration.seconds(5)
  /// Unsent bytes of a connection above which its streams wait and its reads stop.
  package var bufferedBytesHigh = 4 * 1024 * 1024
  /// Assertions that one connection may keep at once.
  package var assertionSlotsMax = 4_096
  /// Body bytes of the requests of one connection that are not whole, not read or not answered; a frame
  /// that would make it more ends its call with `resourceExhausted`.
  package var heldBytesMax = 2 * WireLimits.messageBytesMax
  /// The same for all connections together, of which a request of one frame takes but is not refused
  /// for: nobody's unfinished ones keep it out. A compressed part costs its sender next to nothing.
  package var heldBytesTotalMax = 8 * WireLimits.messageBytesMax
  /// Bytes of answers that wait for credit of one connection; a peer that lets them become more loses it.
  package var waitingBytesMax = WireLimits.messageBytesMax * 2
  /// Time that a drained connection stays open for the peer to close it, so that calls which cross the
  /// go-away are refused by name and not lost.
  package var drainLinger = Duration.seconds(1)
  /// Body bytes of one request over all its frames.
  package var messageBytesMax = WireLimits.messageBytesMax

  package init() {}
}
