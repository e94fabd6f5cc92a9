import Base
import RPC
import RPCTestKit
import Synchronization
import TransportInProcess

/// One address of a server that comes and goes, and those who dial it, under a clock moved by hand.
final class PoolHouse: Sendable {
  let loop = ManualLoop()
  private let state = Mutex(State())

  private struct State {
    var core: ServerCore?
    var dials: [MonotonicInstant] = []
    var links: [InProcessLink] = []
    var sends = 0
  }

  /// - Parameter core: who listens; nobody if `nil`.
  func listen(_ core: ServerCore?) {
    state.withLock { $0.core = core }
  }

  /// When the address was dialled.
  var dials: [MonotonicInstant] { state.withLock { $0.dials } }
  /// Connections that came about, in their order.
  var links: [InProcessLink] { state.withLock { $0.links } }

  func pool(
    _ settings: PoolSettings = .firstHop,
    random: any RandomNumberGenerator & Sendable = Chance(seed: 7)
  ) -> ConnectionPool {
    ConnectionPool(loops: [loop], settings: settings, random: random, dial: dial)
  }

  private nonisolated(nonsending) func dial(
    on loop: any ConnectionLoop, onRetired: @escaping @Sendable (ClientConnection) -> Void
  ) async throws(RPCError) -> ClientConnection {
    // Or the time would move on while it dials.
    loop.executor.checkIsolated()
    let core = state.withLock { state in
      state.dials.append(loop.now)
      return state.core
    }
    guard let core else { throw RPCError(.unavailable, "nothing listens") }
    let link = InProcessLink.connect(
      core: core, loop: loop, authenticator: TestClientAuthenticator.admin, onRetired: onRetired)
    try await link.client.waitUntilReady()
    state.withLock { $0.links.append(link) }
    return link.client
  }

  /// Moves the time on in small steps, until `condition` holds or the time is over.
  func advance(
    by duration: Duration, step: Duration = .milliseconds(10),
    until condition: () -> Bool = { false }
  ) async {
    var left = duration
    while left > .zero, !condition() {
      await settle()
      await loop.advance(by: min(step, left))
      left -= step
    }
    await settle()
  }

  /// Moves the time on until the task is done.
  func value<Value: Sendable>(
    of task: Task<Value, Never>, step: Duration = .milliseconds(50)
  ) async -> Value {
    let done = Tally()
    let watch = Task {
      _ = await task.value
      done.add()
    }
    while done.count == 0 { await advance(by: step, step: step) }
    await watch.value
    return await task.value
  }

  /// Returns when so many callers wait for a connection of the pool.
  func untilWaiting(_ count: Int, on pool: ConnectionPool) async {
    while await pool.waitingCount < count { await Task.yield() }
  }

  func settle() async {
    for _ in 0..<32 { await loop.settle() }
  }
}

/// Calls that are counted where they arrive, each with how often its caller has sent it before.
final class CountedService: CallGate {
  static let safe = method("Safe", .safe)
  static let idempotent = method("Idempotent", .idempotent)
  static let mutating = method("Mutating", .mutating)

  let began = Events()
  private let state = Mutex(State())

  private struct State {
    var repetitions: [UInt32] = []
    var hangs: @Sendable (Int) -> Bool = { _ in false }
    var failure: RPCError?
  }

  private static func method(_ name: String, _ effect: MethodEffect) -> Method<Blob, Blob> {
    Method(
      MethodDescriptor(
        name: "slipway.test.v1.Counted/\(name)", shape: .unary, effect: effect, roles: ["any"],
        peers: ["gateway"]))
  }

  /// How often the caller had sent each call that came.
  var repetitions: [UInt32] { state.withLock { $0.repetitions } }

  /// Whether the call of this number, from 1, is never answered.
  func hang(_ hangs: @escaping @Sendable (Int) -> Bool) {
    state.withLock { $0.hangs = hangs }
  }

  func fail(_ error: RPCError?) {
    state.withLock { $0.failure = error }
  }

  func admit(
    _ call: borrowing CallView, of method: MethodDescriptor, by origin: CallOrigin
  ) throws(RPCError) {
    let repetition = call.head.repetition
    state.withLock { $0.repetitions.append(repetition) }
  }

  func core(limits: ServerLimits = ServerLimits()) -> ServerCore {
    var router = Router()
    for method in [Self.safe, Self.idempotent, Self.mutating] {
      router.unaryOnLoop(method) { [self] (_, request, _) async throws(RPCError) in
        let (hangs, failure) = state.withLock { ($0.hangs($0.repetitions.count), $0.failure) }
        if let failure { throw failure }
        if hangs {
          began.send("hangs")
          _ = await Events().next()
        }
        return request
      }
    }
    return ServerCore(
      router: router, authenticator: TestServerAuthenticator(), gates: [self], limits: limits
    )
  }
}

/// Counts from any thread.
final class Tally: Sendable {
  private let number = Mutex(0)

  var count: Int { number.withLock { $0 } }

  func add() { number.withLock { $0 += 1 } }
}
