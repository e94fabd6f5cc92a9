import RPC
import RPCTestKit
import Wire

/// A client's and a server's connection of the product, joined by a network that follows a plan.
final class FaultLink: @unchecked Sendable {
  let plan: LinkPlan
  let client: ClientConnection
  let server: ServerConnection
  private let simulator: Simulator
  private let clientLoop: SimulatedLoop
  private let serverLoop: SimulatedLoop
  private let toServer: FaultPipe
  private let toClient: FaultPipe
  private var clientReferee: Referee
  private var serverReferee: Referee
  private(set) var isLost = false
  private(set) var hasDrained = false
  private(set) var isReady = false

  init(
    simulator: Simulator, core: ServerCore, plan: LinkPlan, chance: inout Chance,
    loops: (client: SimulatedLoop, server: SimulatedLoop),
    authenticator: TestClientAuthenticator = .admin,
    onRetired: @escaping @Sendable (ClientConnection) -> Void
  ) {
    self.simulator = simulator
    self.plan = plan
    (clientLoop, serverLoop) = loops
    toServer = FaultPipe(
      simulator: simulator, plan: plan.toServer, chance: Chance(seed: chance.next()))
    toClient = FaultPipe(
      simulator: simulator, plan: plan.toClient, chance: Chance(seed: chance.next()))
    client = ClientConnection(
      loop: clientLoop, sink: toServer, authenticator: authenticator,
      settings: plan.clientSettings, address: "simulated:1", security: .plain,
      sameHost: !plan.compresses, onRetired: onRetired)
    server = ServerConnection(
      core: core, loop: serverLoop, sink: toClient, address: "simulated:1", security: .plain,
      sameHost: !plan.compresses)
    clientReferee = Referee(side: .client, plan: plan)
    serverReferee = Referee(side: .server, plan: plan)
  }

  /// Has both sides write what a faulty one would.
  func plant(_ fault: PlantedFault, seed: UInt64) {
    toServer.saboteur = Saboteur(fault, seed: seed)
    toClient.saboteur = Saboteur(fault, seed: seed &+ 1)
  }

  func open(number: Int, hop: String = "") {
    tap(toServer, "\(hop)\(number)>", hasPreface: true, from: \.clientReferee, to: \.serverReferee)
    tap(toClient, "\(hop)\(number)<", hasPreface: false, from: \.serverReferee, to: \.clientReferee)
    for pipe in [toServer, toClient] { pipe.reset = { [weak self] in self?.lose() } }
    let (client, server, toServer, toClient) = (client, server, toServer, toClient)
    toServer.reader = Self.reader(serverLoop, server, back: toClient)
    toClient.reader = Self.reader(clientLoop, client, back: toServer)
    toServer.taken = { [clientLoop] in
      clientLoop.execute { client.assumeIsolated { $0.writable() } }
    }
    toClient.taken = { [serverLoop] in
      serverLoop.execute {
        server.assumeIsolated { $0.writable() }
        toServer.deliver()
      }
    }
    serverLoop.execute { server.assumeIsolated { $0.opened() } }
    clientLoop.execute { client.assumeIsolated { $0.opened() } }
    if let drainsAt = plan.drainsAt {
      simulator.schedule(after: drainsAt) { [weak self] in self?.drain() }
    }
  }

  private static func reader(
    _ loop: SimulatedLoop, _ connection: some FrameConnection, back: FaultPipe
  ) -> FaultPipe.Reader {
    FaultPipe.Reader(
      loop: loop, receive: { bytes in connection.assumeIsolated { $0.receive(bytes) } },
      delivered: { connection.assumeIsolated { $0.flush() } },
      mayRead: { connection.assumeIsolated { $0.mayRead } },
      ended: {
        back.close()
        connection.assumeIsolated { $0.closed() }
      })
  }

  private func tap(
    _ pipe: FaultPipe, _ name: String, hasPreface: Bool,
    from sender: ReferenceWritableKeyPath<FaultLink, Referee>,
    to receiver: ReferenceWritableKeyPath<FaultLink, Referee>
  ) {
    pipe.tap = FrameTap(
      hasPreface: hasPreface,
      written: { [weak self] frame, payload in
        self?.simulator.note("\(name) \(frame.kind) \(frame.stream) \(frame.bodyByteCount)")
        self?[keyPath: sender].sent(frame, payload)
      },
      arriving: { [weak self] frame, payload in self?[keyPath: receiver].gets(frame, payload) },
      took: { [weak self] frame in
        self?.simulator.note("\(name) arrived \(frame.kind) \(frame.stream)")
        self?[keyPath: receiver].got(frame)
        if frame.kind == .ready { self?.isReady = true }
      })
  }

  /// The connection breaks: both sides hear of it, each at its own time.
  func lose() {
    guard !isLost else { return }
    isLost = true
    for pipe in [toServer, toClient] {
      simulator.schedule(after: .microseconds(pipe === toServer ? 700 : 300)) { pipe.cut() }
    }
  }

  private func drain() {
    hasDrained = true
    serverLoop.execute { [server] in server.assumeIsolated { $0.drain() } }
  }

  /// Whether a call may fail through no fault of its own.
  var mayFail: Bool {
    isLost || plan.mayEnd || plan.integrity != .faithful
  }

  var faultCount: Int { toServer.faultCount + toClient.faultCount }

  var callsArrived: Int { serverReferee.callCount }

  var wasEndedByServer: Bool { serverReferee.isOver }

  /// What the referees have to say; what came over a damaged network is nobody's fault.
  func violations(atRest: Bool) -> [String] {
    guard plan.integrity == .faithful else { return [] }
    if atRest, !mayFail, !hasDrained {
      clientReferee.rest()
      serverReferee.rest()
    }
    return clientReferee.violations + serverReferee.violations
  }

  /// What both sides keep for calls, though there are none.
  func leftovers() async -> [String] {
    guard await client.isReady else { return [] }
    let books = [("client", await client.books), ("server", await server.books)]
    return books.filter { $0.1 != ConnectionBooks() }.map { "the \($0.0) keeps \($0.1)" }
  }
}
