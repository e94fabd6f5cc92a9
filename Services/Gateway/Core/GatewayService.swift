internal import Base
internal import Contracts
internal import Foundation
package import Logging
package import RPC
internal import Synchronization
package import Trust

/// The gateway, put together: keys, routes, forwarding and books over one state folder.
package final class GatewayService: Sendable {
  package let ring: KeyRing
  package let refusals = RefusalCounter()
  /// Looks at every call.
  package let admission: KeyAdmission
  private let routes: RouteBook
  private let keys: KeyStore
  private let verbs: GatewayVerbs
  private let forwarder: Forwarder
  private let demand = Demand()
  private let bookkeeper: Bookkeeper
  private let records: RecordReporter
  private let loopStates: [LoopState]
  private let store: GatewayStore
  private let logger: Logger
  private let address = Mutex("")

  /// What the gateway is told from outside.
  package struct Configuration: Sendable {
    /// Its own folder, which exists.
    package var folder: String
    /// Stands in the keys that it makes, such as `live`.
    package var environment: String
    /// `host:port` of those whose methods are passed on.
    package var services: [ServiceRole: String]
    /// Calls of a hundred whose inputs and outputs the monitor gets.
    package var bodySamplePercent: Int

    package init(
      folder: String, environment: String, services: [ServiceRole: String],
      bodySamplePercent: Int = CallRecorder.percentDefault
    ) {
      self.folder = folder
      self.environment = environment
      self.services = services
      self.bodySamplePercent = bodySamplePercent
    }
  }

  /// Opens the stores; the first start writes the admin key to `admin.key` in the folder.
  ///
  /// - Parameter loops: the event loops that serve clients.
  package init(
    _ configuration: Configuration, loops: [any ConnectionLoop], dialer: any ConnectionDialer,
    identity: ServiceIdentity, logger: Logger
  ) async throws {
    let folder = configuration.folder
    let now: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1e9) }
    let store = try await GatewayStore.open(path: "\(folder)/gateway.sqlite", now: now)
    self.store = store
    let isNew = try await store.read { try KeyRecord.all(in: $0).isEmpty }
    let pepper = try Pepper.load(path: "\(folder)/pepper", isNew: isNew)
    ring = KeyRing(pepper: pepper)
    admission = KeyAdmission(now: now)
    keys = KeyStore(
      store: store, ring: ring, pepper: pepper, environment: configuration.environment)
    try await keys.load()
    _ = try await AdminKey.bootstrap(path: "\(folder)/admin.key", keys: keys)

    let meter = UsageMeter(stripeCount: loops.count)
    let latency = LatencyRecorder(stripeCount: loops.count)
    let accessLog = AccessLog()
    let spool = RecordSpool()
    records = RecordReporter(spool: spool, logger: logger)
    let usage = UsageStore(store: store)
    let routes = RouteBook()
    self.routes = routes
    verbs = GatewayVerbs(
      keys: keys, usage: usage, routes: routes, latency: latency, now: now, logger: logger)
    let states = loops.enumerated().map { stripe, loop in
      LoopState(
        upstreams: Upstreams(loop: loop, dialer: dialer), stripe: stripe, routes: routes)
    }
    loopStates = states
    forwarder = Forwarder(
      routes: routes, usage: meter, latency: latency, accessLog: accessLog,
      loops: Array(zip(loops, states)),
      services: configuration.services, voucher: CallerVoucher(identity: identity), demand: demand,
      suspects: Suspects(isKeptAlone: true),
      recorder: CallRecorder(spool: spool, percent: configuration.bodySamplePercent), now: now)
    let file = AccessLogFile(path: "\(folder)/access.log")
    bookkeeper = Bookkeeper(
      meter: meter, usage: usage, refusals: RefusalReporter(store: store, counter: refusals),
      accessLog: accessLog, writeLines: { lines in await file.append(lines) }, logger: logger)
    self.logger = logger
  }

  /// The holder of a key, or `nil`, with the same work for every cause.
  package func principal(of apiKey: [UInt8]) -> Principal? {
    let now = Int64(Date().timeIntervalSince1970 * 1e9)
    do throws(RPCError) {
      let holder = try ring.verify(apiKey, nowNanoseconds: now)
      return Principal(
        name: holder.principal, keyID: holder.id, roles: Set(holder.roles.map(\.rawValue)),
        models: Set(holder.models.names), session: holder)
    } catch {
      return nil
    }
  }

  /// Notes a refused sign-in.
  ///
  /// - Parameter source: the peer's address without its port.
  package func refused(source: String) {
    refusals.add(source: source, nowNanoseconds: Int64(Date().timeIntervalSince1970 * 1e9))
  }

  /// Why calls to models can't be routed now, or `nil`.
  package var fault: String? {
    routes.hasSynced ? nil : "the registry has not named its models yet"
  }

  /// Notes where others reach this gateway, for its status.
  package func isReached(at address: String) {
    self.address.withLock { $0 = address }
  }

  private func status(release: String) -> Gateway.ServiceStatus {
    Gateway.ServiceStatus(
      name: ServiceRole.gateway.rawValue, endpoint: address.withLock { $0 },
      state: fault ?? "ready", release: release)
  }

  /// Keeps the books until the task is cancelled.
  package func keepBooks() async {
    await bookkeeper.run()
  }

  /// Hands records of calls to the monitor until the task is cancelled.
  package func handRecords(to monitor: any RPC.Channel) async {
    await records.run { _ = try await monitor.call(Monitor.API.record, $0) }
  }

  /// Ends the connections that are being made, and hands on the last records; for when no call is left.
  package func close(handingRecordsTo monitor: any RPC.Channel) async {
    let options = CallOptions(timeout: Self.lastRecordsTimeout)
    try? await records.handOn { batch in
      _ = try await monitor.call(Monitor.API.record, batch, options: options)
    }
    for loop in loopStates { await loop.upstreams.close() }
  }

  /// A monitor that ends at the same time must not hold up the gateway's end.
  private static let lastRecordsTimeout: Duration = .seconds(2)

  /// Hands what happened to the transparency log until the task is cancelled.
  ///
  /// - Parameters:
  ///   - append: takes canonical bytes and returns when the log has them on disk.
  ///   - report: told of what keeps it, for the service's own log.
  package func drainOutbox(
    to append: @escaping @Sendable ([[UInt8]]) async throws -> Void,
    report: @Sendable (_ cause: String) -> Void
  ) async {
    await store.drainOutbox(to: append, report: report)
  }

  /// Ends the connections that are being made; for when no call is left.
  package func close() async {
    for loop in loopStates { await loop.upstreams.close() }
  }

  /// Asks the registry for workers that calls wait for, until the task is cancelled.
  package func askForWorkers(of registry: any RPC.Channel) async {
    await demand.ask(registry) { [logger] version, error in
      logger.warning(
        "a worker that calls wait for could not be asked for",
        metadata: ["model": "\(version.model)", "cause": "\(error.message)"])
    }
  }

  /// Follows the registry's watch until the task is cancelled. While the registry is away, the last known
  /// routes go on.
  package func followRoutes(of registry: any RPC.Channel) async {
    while !Task.isCancelled {
      do {
        var options = CallOptions()
        options.timeout = nil
        let states = try await registry.stream(
          Registry.API.watchModels, Registry.WatchModelsRequest(), options: options)
        routes.beginSync()
        for try await state in states { take(state) }
      } catch {
        logger.debug("the registry's watch ended", metadata: ["cause": "\(error)"])
      }
      // The channel itself backs off; this only keeps a registry that ends every watch from being stormed.
      try? await Task.sleep(for: .milliseconds(100))
    }
  }

  private func take(_ state: Registry.ModelState) {
    let now = Int64(Date().timeIntervalSince1970 * 1e9)
    for worker in routes.take(state, nowNanoseconds: now) {
      logger.warning("a worker got no route: too many workers", metadata: ["worker": "\(worker)"])
    }
    let endpoints = Set(state.leases.filter { $0.state == "serving" }.map(\.endpoint))
    for loop in loopStates {
      let upstreams = loop.upstreams
      for endpoint in endpoints {
        upstreams.prepareSoon(endpoint, role: "inference-worker")
      }
    }
  }

  // MARK: Methods

  /// Registers the gateway's own methods, and those that it passes on.
  ///
  /// - Parameter services: the services beside the gateway, for the status of the suite.
  package func register(on router: inout Router, release: String, services: [ServiceProbe]) {
    registerKeys(on: &router)
    registerServer(on: &router, release: release)
    router.unary(Gateway.API.getStatus) { [self] _, _ async throws(RPCError) in
      Gateway.GetStatusResponse(
        services: [status(release: release)] + (await ServiceProbe.statuses(of: services)),
        latency: verbs.latencySummaries())
    }
    for method in [
      Inference.API.modelReady.descriptor, Inference.API.modelMetadata.descriptor,
      Inference.API.modelInfer.descriptor,
    ] {
      router.raw(method) { [forwarder] connection, call in
        forwarder.forwardInference(connection, call, method)
      }
    }
    // What only services may call is not to be had through the gateway.
    for (role, methods) in [
      (ServiceRole.contentGovernor, Policies.API.all),
      (ServiceRole.registry, Registry.API.all), (.contentGovernor, TransparencyLog.API.all),
      (.monitor, Monitor.API.all),
      (.contentGovernor, Content.API.all),
    ] {
      for method in methods where !method.roles.isEmpty {
        router.raw(method) { [forwarder] connection, call in
          forwarder.forwardToService(role, connection, call, method)
        }
      }
    }
  }

  private func registerKeys(on router: inout Router) {
    router.unary(Gateway.API.whoAmI) { [verbs] _, context async throws(RPCError) in
      guard case .principal(let principal) = context.peer,
        let holder = principal.session as? KeyHolder
      else { throw KeyRing.refusal }
      return verbs.whoAmI(holder)
    }
    router.unary(Gateway.API.createKey) { [verbs] request, context async throws(RPCError) in
      try await verbs.createKey(request, by: context.actor)
    }
    router.unary(Gateway.API.listKeys) { [verbs] _, _ async throws(RPCError) in
      try await verbs.listKeys()
    }
    router.unary(Gateway.API.expireKey) { [verbs] request, context async throws(RPCError) in
      try await verbs.expireKey(request, by: context.actor)
    }
    router.unary(Gateway.API.revokeKey) { [verbs] request, context async throws(RPCError) in
      try await verbs.revokeKey(request, by: context.actor)
    }
    router.unary(Gateway.API.rotateKey) { [verbs] request, context async throws(RPCError) in
      try await verbs.rotateKey(request, by: context.actor)
    }
    router.unary(Gateway.API.getUsage) { [verbs] request, _ async throws(RPCError) in
      try await verbs.getUsage(request)
    }
  }

  private func registerServer(on router: inout Router, release: String) {
    router.unary(Inference.API.serverLive) { _, _ async throws(RPCError) in
      Inference.ServerLiveResponse(live: true)
    }
    router.unary(Inference.API.serverReady) { _, _ async throws(RPCError) in
      Inference.ServerReadyResponse(ready: true)
    }
    router.unary(Inference.API.serverMetadata) { _, _ async throws(RPCError) in
      Inference.ServerMetadataResponse(name: "slipway", version: release, extensions: [])
    }
  }
}
