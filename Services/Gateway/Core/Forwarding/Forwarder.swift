internal import Base
internal import Contracts
package import RPC
internal import Synchronization
package import Trust
internal import Wire

/// Passes calls on as bytes: inference to a worker of the version, a service's methods to the service.
///
/// Bodies are neither inflated nor decoded. What routing needs stands in the call's head.
package final class Forwarder: Sendable {
  let routes: RouteBook
  let usage: UsageMeter
  let latency: LatencyRecorder
  let accessLog: AccessLog
  let demand: Demand
  let suspects: Suspects
  let recorder: CallRecorder
  let held = HeldRequests(max: HeldRequests.gatewayMax)
  let now: @Sendable () -> Int64
  private let loops: [ObjectIdentifier: LoopState]
  var states: [LoopState] { Array(loops.values) }
  private let services: [ServiceRole: String]
  private let voucher: CallerVoucher
  private let requestNumber = Atomic<UInt64>(0)
  private let requestPrefix: [UInt8]

  /// - Parameters:
  ///   - loops: one for each event loop that serves clients.
  ///   - services: `host:port` of those whose methods are passed on.
  ///   - now: wall time, nanoseconds since 1970.
  package init(
    routes: RouteBook, usage: UsageMeter, latency: LatencyRecorder, accessLog: AccessLog,
    loops: [(any ConnectionLoop, LoopState)], services: [ServiceRole: String],
    voucher: CallerVoucher, demand: Demand = Demand(),
    suspects: Suspects = Suspects(isKeptAlone: false), recorder: CallRecorder = .none,
    now: @escaping @Sendable () -> Int64
  ) {
    self.routes = routes
    self.usage = usage
    self.latency = latency
    self.accessLog = accessLog
    self.recorder = recorder
    self.loops = Dictionary(
      uniqueKeysWithValues: loops.map { (ObjectIdentifier($0.0), $0.1) })
    self.services = services
    self.voucher = voucher
    self.demand = demand
    self.suspects = suspects
    self.now = now
    requestPrefix = Array(String(UInt32.random(in: .min ... .max), radix: 16).utf8) + [0x2D]
  }

  /// Takes a call to a model.
  package func forwardInference(
    _ connection: isolated ServerConnection, _ call: borrowing CallView, _ method: MethodDescriptor
  ) -> (any InboundStream)? {
    do throws(RPCError) {
      let (holder, loop) = try caller(of: connection)
      guard let model = call.model.text(), let version = call.version.text() else {
        throw RPCError(.invalidArgument, "model and version in a call's head must be UTF-8 text")
      }
      let asked = AskedModel(
        model: model, version: version, routingKey: call.routingKey.array())
      let route = try route(of: asked, scope: holder.models, loop: loop)
      let monotonic = Int64(clamping: call.receivedAt.nanoseconds)
      if let refusal = holder.limiter.admit(nowNanoseconds: monotonic).rpcError {
        usage.add(
          UsageCount(refused: 1), to: UsageCell(keyID: holder.id, model: model),
          stripe: loop.stripe)
        throw refusal
      }
      var head = head(of: call)
      // The client's own has chosen the version, and is of no use behind it.
      head.metadata.routingKey = holder.sharingKey
      let forwarded = ForwardedCall(
        forwarder: self, loop: loop, caller: connection, stream: call.stream, holder: holder,
        method: method, destination: .model(asked), route: route, head: head,
        receivedAt: call.receivedAt, deadline: call.deadline)
      forwarded.begin(call, on: connection)
      return forwarded
    } catch {
      recordRefusal(of: call, on: connection, error.code)
      connection.fail(call.stream, error)
      return nil
    }
  }

  /// Takes a call to a service, made on behalf of the key's principal.
  package func forwardToService(
    _ role: ServiceRole, _ connection: isolated ServerConnection, _ call: borrowing CallView,
    _ method: MethodDescriptor
  ) -> (any InboundStream)? {
    do throws(RPCError) {
      let (holder, loop) = try caller(of: connection)
      var head = head(of: call)
      head.assertion = try voucher.assertion(for: holder, to: role, now: now())
      guard let address = services[role] else {
        throw RPCError(.internalError, "the gateway does not know where the service `\(role)` is")
      }
      let monotonic = Int64(clamping: call.receivedAt.nanoseconds)
      if let refusal = holder.counts.serviceLimiter.admit(nowNanoseconds: monotonic).rpcError {
        throw refusal
      }
      let forwarded = ForwardedCall(
        forwarder: self, loop: loop, caller: connection, stream: call.stream, holder: holder,
        method: method, destination: .service(address: address, role: role.rawValue),
        head: head, receivedAt: call.receivedAt, deadline: call.deadline)
      forwarded.begin(call, on: connection)
      return forwarded
    } catch {
      connection.fail(call.stream, error)
      return nil
    }
  }

  /// Whose call it is; ``KeyAdmission`` has seen that the key is good.
  func caller(
    of connection: isolated ServerConnection
  ) throws(RPCError) -> (KeyHolder, LoopState) {
    guard case .principal(let principal)? = connection.peer,
      let holder = principal.session as? KeyHolder
    else { throw KeyRing.refusal }
    guard let loop = loops[ObjectIdentifier(connection.loop)] else {
      throw RPCError(.internalError, "the gateway has no upstream connections on this loop")
    }
    return (holder, loop)
  }

  /// The version that is to answer; `nil` while the registry has not named its models.
  private func route(
    of asked: AskedModel, scope: ModelScope, loop: LoopState
  ) throws(RPCError) -> Route? {
    do throws(RouteError) {
      return try loop.withRouting { (routing) throws(RouteError) in
        try resolve(asked, scope: scope, routing: &routing).route
      }
    } catch .notSynced {
      return nil
    } catch {
      throw error.rpcError
    }
  }

  /// A worker of the version that is to answer.
  ///
  /// - Parameter route: of the current routes, if it is known; the same is returned then.
  func worker(
    for asked: AskedModel, of holder: KeyHolder, route known: Route?,
    excluding excluded: WorkerSlot?, isSuspect: Bool = false, nowNanoseconds now: Int64,
    loop: LoopState
  ) throws(RouteError) -> (Route, Worker) {
    try loop.withRouting { (routing) throws(RouteError) in
      let (route, table) =
        if let known {
          (known, routing.routes.table())
        } else {
          try resolve(asked, scope: holder.models, routing: &routing)
        }
      let slot =
        isSuspect
        ? table.quarantine(route)
        : try table.pick(
          route, excluding: excluded, nowNanoseconds: now, random: &routing.random)
      guard let worker = slot.flatMap({ table.worker($0) }) else {
        throw RouteError.unavailable(model: asked.model, version: route.version)
      }
      return (route, worker)
    }
  }

  /// Whether a worker may be there in a moment: there was one a moment ago, or nothing is known yet.
  func mayComeBack(_ error: RouteError) -> Bool {
    switch error {
    case .notSynced: true
    case .unavailable(let model, let version):
      routes.table.hasServed(
        model, version,
        since: now() - ForwardedCall.patienceMax.wholeNanoseconds)
    default: false
    }
  }

  /// Whether a worker is started because a call waits for it, which is asked for then.
  func isStarted(for error: RouteError, isSuspect: Bool) -> Bool {
    guard case .unavailable(let model, let version) = error,
      isSuspect || routes.table.startsOnDemand(model, version)
    else { return false }
    demand.add(VersionName(model: model, version: version), isSuspect: isSuspect)
    return true
  }

  private func resolve(
    _ asked: AskedModel, scope: ModelScope, routing: inout LoopState.Routing
  ) throws(RouteError) -> (route: Route, table: RouteTable) {
    let hasSynced = routes.hasSynced
    let table = routing.routes.table()
    do throws(RouteError) {
      let route = try table.resolve(
        model: asked.model, version: asked.version, scope: scope,
        routingKey: asked.routingKey.span, random: &routing.random)
      return (route, table)
    } catch .modelNotFound where !hasSynced {
      throw .notSynced
    }
  }

  private func head(of call: borrowing CallView) -> CallOptions {
    var options = CallOptions(timeout: nil)
    options.metadata.traceparent = call.traceparent
    options.metadata.priority = call.head.priority
    options.metadata.repetition = call.head.repetition
    options.metadata.requestID = call.requestID.array()
    if options.metadata.requestID.isEmpty {
      options.metadata.requestID = nextRequestID()
    }
    return options
  }

  /// For a call whose client gave none.
  func nextRequestID() -> [UInt8] {
    let number = requestNumber.wrappingAdd(1, ordering: .relaxed).newValue
    return requestPrefix + Array(String(number, radix: 16).utf8)
  }
}
