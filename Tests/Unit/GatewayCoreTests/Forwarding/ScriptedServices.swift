import Base
import Contracts
import RPC
import RPCTestKit
import Synchronization
import TransportInProcess
import Wire

@testable import GatewayCore

/// Plays the services behind the gateway, each at its address as it is told, and remembers what came.
final class ScriptedServices: ConnectionDialer {
  /// What becomes of a call.
  enum Script: Sendable, Hashable {
    case answer
    /// Nothing until its task is cancelled.
    case hang
    /// The connection breaks when the call has come.
    case breakConnection
  }

  /// A call as it came.
  struct Seen: Sendable, Hashable {
    var address: String
    var method: String
    /// The time that it was given.
    var nanoseconds: UInt64
    var repetition: UInt32
    var routingKey: [UInt8]
  }

  let events = Events()
  private let service: TestService
  private let callsMax: Int
  private let state = Mutex(State())

  private struct State {
    var script: @Sendable (_ address: String, _ number: Int) -> Script = { _, _ in .answer }
    var away: Set<String> = []
    var seen: [Seen] = []
    var links: [String: [InProcessLink]] = [:]
    var cores: [String: ServerCore] = [:]
    var dials = 0
  }

  /// - Parameter service: answers the calls of its own methods, behind every address.
  init(service: TestService, callsMax: Int) {
    self.service = service
    self.callsMax = callsMax
  }

  /// - Parameter script: what becomes of the call of this number, from 1, over all addresses.
  func play(_ script: @escaping @Sendable (_ address: String, _ number: Int) -> Script) {
    state.withLock { $0.script = script }
  }

  /// Nothing listens at the address, or somebody does again.
  func away(_ address: String, _ isAway: Bool = true) {
    state.withLock { state in
      if isAway { state.away.insert(address) } else { state.away.remove(address) }
    }
  }

  /// The calls that came, in their order.
  var seen: [Seen] { state.withLock { $0.seen } }
  var dials: Int { state.withLock { $0.dials } }

  func links(to address: String) -> [InProcessLink] {
    state.withLock { $0.links[address] ?? [] }
  }

  var allLinks: [InProcessLink] { state.withLock { $0.links.values.flatMap(\.self) } }

  /// The service at the address drains, as far as it is connected; another one is dialled from now on.
  func drain(_ address: String) async {
    let core = state.withLock { $0.cores.removeValue(forKey: address) }
    await core?.drain()
  }

  nonisolated(nonsending) func dial(
    _ address: String, role: String, on loop: any ConnectionLoop,
    onRetired: @escaping @Sendable (ClientConnection) -> Void
  ) async throws(RPCError) -> ClientConnection {
    let core = state.withLock { state -> ServerCore? in
      state.dials += 1
      guard !state.away.contains(address) else { return nil }
      let core = state.cores[address] ?? makeCore(of: role, at: address)
      state.cores[address] = core
      return core
    }
    guard let core else { throw RPCError(.unavailable, "nothing listens on `\(address)`") }
    var authenticator = TestClientAuthenticator.gateway
    authenticator.serverRole = role
    let link = InProcessLink.connect(
      core: core, loop: loop, authenticator: authenticator, onRetired: onRetired)
    state.withLock { $0.links[address, default: []].append(link) }
    try await link.client.waitUntilReady()
    return link.client
  }

  private func makeCore(of role: String, at address: String) -> ServerCore {
    var limits = ServerLimits()
    limits.callsPerConnectionMax = callsMax
    var router = service.router
    router.unaryOnLoop(Inference.API.modelInfer) { [self] _, request, _ async throws(RPCError) in
      await perform(at: address)
      return Inference.ModelInferResponse(modelName: request.modelName, modelVersion: "1")
    }
    router.unaryOnLoop(Registry.API.getModel) { [self] _, request, _ async throws(RPCError) in
      await perform(at: address)
      return Registry.Model(name: request.name)
    }
    router.unaryOnLoop(Registry.API.setDeployment) { [self] _, request, _ async throws(RPCError) in
      await perform(at: address)
      return Registry.Deployment(model: request.model)
    }
    router.serverStream(Registry.API.watchModels) { _, _, _ async throws(RPCError) in
      // Ends when its task is cancelled, and not before.
      _ = await Events().next()
    }
    return ServerCore(
      router: router, authenticator: TestServerAuthenticator(role: role),
      gates: [Recorder(services: self, address: address)],
      assertionVerifier: AnyAssertion(), limits: limits)
  }

  private nonisolated(nonsending) func perform(at address: String) async {
    let script = state.withLock { $0.script(address, $0.seen.count) }
    switch script {
    case .answer: break
    case .hang:
      events.send("hangs")
      _ = await Events().next()
      events.send(Task.isCancelled ? "cancelled" : "not cancelled")
    case .breakConnection:
      for link in links(to: address) { await link.lose() }
    }
  }

  /// Sees every call before anything becomes of it.
  private final class Recorder: CallGate {
    private unowned let services: ScriptedServices
    private let address: String

    init(services: ScriptedServices, address: String) {
      self.services = services
      self.address = address
    }

    func admit(
      _ call: borrowing CallView, of method: MethodDescriptor, by origin: CallOrigin
    ) throws(RPCError) {
      let seen = Seen(
        address: address, method: method.name,
        nanoseconds: call.head.timeoutNanoseconds, repetition: call.head.repetition,
        routingKey: call.routingKey.array())
      services.state.withLock { $0.seen.append(seen) }
    }
  }
}

/// A value behind a lock.
final class Mutexed<Value: Sendable>: Sendable {
  private let mutex: Mutex<Value>

  init(_ value: Value) {
    mutex = Mutex(value)
  }

  var value: Value { mutex.withLock { $0 } }

  func set(_ value: Value) { mutex.withLock { $0 = value } }
}

private struct AnyAssertion: AssertionVerifier {
  func verify(_ token: [UInt8], now: MonotonicInstant) throws(RPCError) -> Caller {
    Caller(principal: "ada", roles: [], models: ["*"], expiresAt: .distantFuture)
  }
}
