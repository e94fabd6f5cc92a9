internal import Base
internal import Synchronization
internal import Wire

/// What all connections of a server share: its methods, who may call them, and who is connected.
package final class ServerCore: Sendable {
  let routes: [Router.Route]
  let gates: [any CallGate]
  /// Those that look again at calls under way.
  let reviewingGates: [any CallGate]
  let observers: [any CallObserver]
  let methods: [MethodDescriptor]
  let authenticator: any ServerAuthenticator
  let assertionVerifier: (any AssertionVerifier)?
  let settings: ConnectionSettings
  package let limits: ServerLimits
  private let connectionObserver: (any ConnectionObserver)?
  private let connections: Mutex<Connections>
  /// The ledger's, for a look without its lock.
  private let held = Atomic(0)

  private struct Connections {
    var live: [ObjectIdentifier: ServerConnection] = [:]
    var ledger: ConnectionLedger<ObjectIdentifier>
    var isDraining = false
  }

  /// - Parameters:
  ///   - gates: the first to refuse a call ends it; they come before whatever spends on it.
  ///   - observers: hear of every call that has ended.
  ///   - connectionObserver: hears of every connection that is refused or ended for the others' sake.
  package init(
    router: Router, authenticator: any ServerAuthenticator,
    gates: [any CallGate], observers: [any CallObserver] = [],
    connectionObserver: (any ConnectionObserver)? = nil,
    assertionVerifier: (any AssertionVerifier)? = nil,
    settings: ConnectionSettings = ConnectionSettings(), limits: ServerLimits = ServerLimits()
  ) {
    routes = router.routes
    methods = router.descriptors
    self.gates = gates
    reviewingGates = gates.filter(\.reviews)
    self.observers = observers
    self.connectionObserver = connectionObserver
    self.authenticator = authenticator
    self.assertionVerifier = assertionVerifier
    self.settings = settings
    self.limits = limits
    connections = Mutex(Connections(ledger: ConnectionLedger(limits: limits)))
  }

  /// Head of the ready frame: the table of methods.
  var readyHead: [UInt8] {
    var ready = HandshakeHead()
    ready[list: 1] = routes.map { [UInt8]($0.descriptor.name.utf8) }
    return ready.encoded()
  }

  // MARK: Who is connected

  /// Connections that are open, or have handlers that still run.
  package var connectionCount: Int { connections.withLock { $0.live.count } }

  /// Takes a connection from somebody whom nobody knows yet.
  ///
  /// - Throws: why it is to be closed.
  func admit(_ connection: ServerConnection, source: String) throws(RPCError) {
    let source = PeerSource.network(of: source)
    do throws(ConnectionRefusal) {
      let ousted = try connections.withLock { (all) throws(ConnectionRefusal) in
        guard !all.isDraining else { throw .total }
        let ousted = try all.ledger.open(ObjectIdentifier(connection), from: source)
        all.live[ObjectIdentifier(connection)] = connection
        return ousted.flatMap { all.live[$0] }
      }
      if let ousted { end([ousted], .total) }
    } catch {
      connectionObserver?.refused(error, peer: source)
      throw error.error(limits)
    }
  }

  /// The handshake has shown whose connection it is.
  func identify(_ connection: ServerConnection, as peer: PeerIdentity) throws(RPCError) {
    let party: ConnectionLedger<ObjectIdentifier>.Party =
      switch peer {
      case .service(let role): .service(role)
      case .principal(let principal): .principal(principal.name)
      }
    do throws(ConnectionRefusal) {
      try connections.withLock { (all) throws(ConnectionRefusal) in
        try all.ledger.identify(ObjectIdentifier(connection), as: party)
      }
    } catch {
      connectionObserver?.refused(error, peer: peer.name)
      throw error.error(limits)
    }
  }

  func remove(_ connection: ServerConnection) {
    connections.withLock { all in
      all.live[ObjectIdentifier(connection)] = nil
      all.ledger.close(ObjectIdentifier(connection))
      held.store(all.ledger.total(.held), ordering: .relaxed)
    }
  }

  /// Tells of a peer that the transport did not let in.
  package func failed(_ cause: String, source: String) {
    connectionObserver?.failed(cause, source: source)
  }

  // MARK: What is kept for them

  /// Bytes that the server keeps for its peers, as far as connections have told.
  package func byteCount(_ account: ByteAccount) -> Int {
    connections.withLock { $0.ledger.total(account) }
  }

  /// Body bytes of requests that are not answered, as far as connections have told.
  package var heldByteCount: Int { held.load(ordering: .relaxed) }

  /// Connections tell of their bytes in steps of this many.
  func step(_ account: ByteAccount) -> Int { min(64 * 1024, limits.total(account) / 16) }

  /// Counts bytes of a connection. What is kept has no other bound: where it is too much, whoever has most
  /// of it pays.
  func change(_ account: ByteAccount, by byteCount: Int, of connection: ServerConnection) {
    let ousted = connections.withLock { all in
      all.ledger.change(account, by: byteCount, of: ObjectIdentifier(connection))
      let ousted = account == .kept ? all.ledger.overspent(.kept) : []
      held.store(all.ledger.total(.held), ordering: .relaxed)
      return ousted.compactMap { all.live[$0] }
    }
    end(ousted, .kept)
  }

  /// Whether a connection may hold that much more of requests which others may have to wait for: also if
  /// it is too much, when somebody else has more, who pays then.
  func mayHold(_ byteCount: Int, for connection: ServerConnection) -> Bool {
    guard heldByteCount + byteCount > limits.heldBytesTotalMax else { return true }
    let ousted = connections.withLock { all in
      let ousted = all.ledger.makeRoom(.held, for: byteCount, of: ObjectIdentifier(connection))
      held.store(all.ledger.total(.held), ordering: .relaxed)
      return ousted.map { $0.compactMap { all.live[$0] } }
    }
    guard let ousted else { return false }
    end(ousted, .held)
    return heldByteCount + byteCount <= limits.heldBytesTotalMax
  }

  private func end(_ connections: [ServerConnection], _ cause: ConnectionRefusal) {
    for connection in connections {
      connection.loop.execute { [self] in
        connection.assumeIsolated { connection in
          connectionObserver?.refused(cause, peer: connection.peer?.name ?? connection.source)
          connection.giveWay(cause.error(limits))
        }
      }
    }
  }

  // MARK: The end

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
