import Base
import RPC
import RPCTestKit
import Wire

/// Handlers that do what the plan of their call says, and check what they are given.
struct SimulatedService: Sendable {
  let simulator: Simulator
  let ledger: Ledger

  static let model = "simulated"

  static func method(_ kind: CallPlan.Kind) -> Method<Blob, Blob> {
    methods[kind] ?? Method(MethodDescriptor(name: "", shape: .unary, effect: .safe))
  }

  private static let methods = Dictionary(
    uniqueKeysWithValues: CallPlan.Kind.allCases.map { kind in
      let shape: MethodShape =
        switch kind {
        case .serverStream: .serverStream
        case .clientStream: .clientStream
        case .twoWay: .twoWayStream
        default: .unary
        }
      let name = "slipway.simulation.v1.Simulated/\(kind.rawValue)"
      return (
        kind,
        Method<Blob, Blob>(
          MethodDescriptor(
            name: name, shape: shape, effect: .safe, roles: ["any"], peers: ["gateway"]))
      )
    })

  func core(
    role: String = "gateway", settings: ConnectionSettings, limits: ServerLimits
  ) -> ServerCore {
    ServerCore(
      router: router, authenticator: TestServerAuthenticator(role: role),
      gates: [RoleAdmission()], observers: [ledger], settings: settings, limits: limits)
  }

  private var router: Router {
    var router = Router()
    router.unary(Self.method(.unary)) { (request, context) async throws(RPCError) in
      try await answer(request, .unary, context)
    }
    router.unaryOnLoop(Self.method(.onLoop)) { (_, request, context) async throws(RPCError) in
      try await answer(request, .onLoop, context)
    }
    router.synchronous(Self.method(.atOnce).descriptor) { connection, call in
      synchronously(connection, call, .atOnce)
    }
    router.synchronous(Self.method(.later).descriptor) { connection, call in
      synchronously(connection, call, .later)
    }
    router.serverStream(Self.method(.serverStream)) {
      (request, context, writer) async throws(RPCError) in
      let plan = try begin(request, .serverStream, context.requestID)
      defer { end(plan) }
      await work(plan)
      for index in plan.answers.indices {
        try await writer.write(plan.answer(index))
        if plan.handlerPause > .zero { await simulator.sleep(plan.handlerPause) }
      }
      try fail(plan)
    }
    router.clientStream(Self.method(.clientStream)) {
      (requests, context) async throws(RPCError) in
      let plan = try begin(nil, .clientStream, context.requestID)
      defer { end(plan) }
      try await read(requests, of: plan) { _ throws(RPCError) in }
      await work(plan)
      try fail(plan)
      return plan.answer(0)
    }
    router.twoWayStream(Self.method(.twoWay)) {
      (requests, context, writer) async throws(RPCError) in
      let plan = try begin(nil, .twoWay, context.requestID)
      defer { end(plan) }
      await work(plan)
      try await read(requests, of: plan) { index async throws(RPCError) in
        try await writer.write(plan.answer(index))
      }
      try fail(plan)
    }
    return router
  }

  // MARK: Steps of handlers

  private func answer(
    _ request: Blob, _ kind: CallPlan.Kind, _ context: CallContext
  ) async throws(RPCError) -> Blob {
    let plan = try begin(request, kind, context.requestID)
    defer { end(plan) }
    await work(plan)
    try fail(plan)
    return plan.answer(0)
  }

  private func read(
    _ requests: RequestStream<Blob>, of plan: CallPlan,
    _ use: (Int) async throws(RPCError) -> Void
  ) async throws(RPCError) {
    var index = 0
    var iterator = requests.makeAsyncIterator()
    while index < plan.readsAtMost, let request = try await iterator.next() {
      check(request, index, of: plan)
      guard index < plan.requests.count else { return }
      try await use(index)
      index += 1
      if plan.handlerPause > .zero { await simulator.sleep(plan.handlerPause) }
    }
  }

  private func synchronously(
    _ connection: isolated ServerConnection, _ call: borrowing CallView, _ kind: CallPlan.Kind
  ) {
    let stream = call.stream
    let id = String(decoding: call.requestID.array(), as: UTF8.self)
    do throws(RPCError) {
      try connection.withInflated(call.body, flags: call.flags, byteCount: call.bodyByteCount) {
        (body) throws(RPCError) in
        let plan = try begin(Blob(body.array()), kind, id)
        guard kind == .later else { return answer(plan, on: stream, of: connection) }
        connection.loop.schedule(at: simulator.now.advanced(by: plan.work)) {
          connection.assumeIsolated { connection in
            answer(plan, on: stream, of: connection)
            connection.flush()
          }
        }
      }
    } catch {
      connection.fail(stream, error)
    }
  }

  private func answer(
    _ plan: CallPlan, on stream: UInt32, of connection: isolated ServerConnection
  ) {
    end(plan)
    if let failure = plan.failure {
      connection.fail(stream, RPCError(failure, "the plan asked for it"))
    } else {
      connection.respond(to: stream, with: plan.answer(0))
    }
  }

  private func work(_ plan: CallPlan) async {
    guard plan.work > .zero else { return }
    if plan.isStubborn {
      let simulator = simulator
      await withCheckedContinuation { continuation in
        simulator.schedule(after: plan.work) { continuation.resume() }
      }
    } else {
      await simulator.sleep(plan.work)
    }
  }

  private func fail(_ plan: CallPlan) throws(RPCError) {
    if let failure = plan.failure { throw RPCError(failure, "the plan asked for it") }
  }

  // MARK: Books

  private func begin(
    _ request: Blob?, _ kind: CallPlan.Kind, _ requestID: String
  ) throws(RPCError) -> CallPlan {
    guard let id = Int(requestID), let plan = ledger.entries[id]?.plan, plan.kind == kind else {
      ledger.strayCount += 1
      throw RPCError(.notFound, "nobody has planned a call `\(requestID)` of this kind")
    }
    ledger.entries[id]?.handlerStarts += 1
    simulator.note("handler \(id)")
    if let request { check(request, 0, of: plan) }
    return plan
  }

  private func end(_ plan: CallPlan) {
    ledger.entries[plan.id]?.handlerEnds += 1
    simulator.note("handler \(plan.id) ends")
  }

  private func check(_ request: Blob, _ index: Int, of plan: CallPlan) {
    guard index >= plan.requests.count || request != plan.request(index) else { return }
    ledger.entries[plan.id]?.requestFault =
      "message \(index) is of call \(CallPlan.id(of: request).map(String.init) ?? "none"), "
      + "\(request.bytes.count) bytes"
  }
}
