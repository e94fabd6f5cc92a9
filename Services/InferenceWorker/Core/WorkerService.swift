package import Base
internal import Contracts
package import Logging
package import RPC
internal import Synchronization
package import Trust

/// One worker: loads one version of one model, serves it, and drains.
///
///     load()              verify, fetch, load, warm
///     register(on:)       its methods on the process's router
///     listens(at:)        where gateways reach it
///     start()             once the process listens: holds the lease, until drained
///     drain(reason:)      from a signal; `Worker/Drain` and the registry do the same
package final class WorkerService: Sendable {
  private struct State {
    var phase = WorkerPhase.loading
    var served: ServedModel?
    var endpoint = ""
    var isStarted = false
    var stopWaiters: [CheckedContinuation<Void, Never>] = []
  }

  package let configuration: WorkerConfiguration
  private let registry: any Channel
  private let verifier: ModelVerifier
  private let engines: [any InferenceEngine]
  let clock: any MonotonicClock
  private let sleep: Sleep
  private let wallClock: @Sendable () -> Timestamp
  let release: String
  let logger: Logger
  private let metrics: WorkerMetrics
  private let state = Mutex(State())
  private let drainRequested = WakeSignal()
  private let memory: MemoryMeter

  /// - Parameters:
  ///   - registry: reaches the registry as an inference worker.
  ///   - trust: of this host, never the registry's.
  ///   - release: of these binaries, for ServerMetadata.
  package init(
    configuration: WorkerConfiguration, registry: any Channel, trust: TrustFile,
    engines: [any InferenceEngine], release: String = "development", logger: Logger,
    clock: any MonotonicClock = SystemMonotonicClock(), sleep: @escaping Sleep = systemSleep,
    wallClock: @escaping @Sendable () -> Timestamp = { Timestamp.now() }
  ) {
    self.configuration = configuration
    self.registry = registry
    self.verifier = ModelVerifier(trust: trust)
    self.engines = engines
    self.clock = clock
    self.sleep = sleep
    self.wallClock = wallClock
    self.release = release
    self.logger = logger
    metrics = WorkerMetrics(model: configuration.model, version: configuration.version)
    memory = MemoryMeter(clock: clock, metrics: metrics)
  }

  /// From this host's settings and trust file.
  package convenience init(
    _ stateDirectory: String, _ setting: (String) -> String?, registry: any Channel,
    engines: [any InferenceEngine], release: String, logger: Logger
  ) throws {
    self.init(
      configuration: try WorkerConfiguration(stateDirectory: stateDirectory, setting),
      registry: registry,
      trust: try TrustFile.load(from: setting("trust.file") ?? "\(stateDirectory)/trust.json"),
      engines: engines, release: release, logger: logger)
  }

  package var phase: WorkerPhase { state.withLock { $0.phase } }

  /// What waits and runs, and the counts since the start; zeros before the version is loaded.
  package var load: PoolLoad { state.withLock { $0.served }?.pool.load ?? PoolLoad() }

  /// Why the worker can't take calls now, for its health; nil if it can.
  package var fault: String? {
    let phase = phase
    return phase == .serving ? nil : "the worker is \(phase.rawValue)"
  }

  // MARK: Life

  /// Verifies the version with this host's trust file, fetches what is missing, loads and warms it.
  /// - Throws: whatever keeps the version from being served; the worker is then `failed`.
  package func load() async throws(LoadError) {
    do throws(LoadError) {
      let served = try await prepare()
      state.withLock { state in
        state.served = served
        state.phase = .serving
      }
      logger.info(
        "the version is loaded and warm",
        metadata: [
          "model": "\(configuration.model)", "version": "\(configuration.version)",
          "engine": "\(served.version.engineName) \(served.version.engineVersion)",
        ])
    } catch {
      state.withLock { $0.phase = .failed }
      throw error
    }
  }

  /// Notes where gateways reach this process, as host:port.
  package func listens(at endpoint: String) {
    state.withLock { $0.endpoint = endpoint }
  }

  /// Takes the lease and keeps it; returns when the worker has drained. Call once, after `load` and
  /// `listens`. Cancelling the task asks for the drain.
  package func start() async {
    let (loaded, endpoint) = state.withLock { state in
      state.isStarted = state.served != nil
      return (state.served, state.endpoint)
    }
    guard let served = loaded else { return }
    // Not cancelled with this one: draining waits, and gives the lease back with a call.
    let life = Task { await keepLease(served, endpoint: endpoint) }
    await withTaskCancellationHandler {
      await life.value
    } onCancel: {
      requestDrain(reason: "the process ends")
    }
    let waiters = state.withLock { state in
      state.phase = .stopped
      defer { state.stopWaiters = [] }
      return state.stopWaiters
    }
    for waiter in waiters { waiter.resume() }
    logger.info("the worker has drained")
  }

  /// Makes `start` drain, and returns at once.
  package func requestDrain(reason: String) {
    let isFirst = state.withLock { state in
      guard state.phase == .serving else { return false }
      state.phase = .draining
      return true
    }
    guard isFirst else { return }
    logger.info("the worker drains", metadata: ["reason": "\(reason)"])
    drainRequested.wake()
  }

  /// Drains, and returns when everything that was taken has ended. At once if nothing was started.
  package func drain(reason: String) async {
    requestDrain(reason: reason)
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      let isDone = state.withLock { state in
        guard state.isStarted, state.phase != .stopped else { return true }
        state.stopWaiters.append(continuation)
        return false
      }
      if isDone { continuation.resume() }
    }
  }

  /// Looks after the runs of the engine; returns when one hangs, once everybody has their answer and
  /// another worker may take the lease's place. The process must end then: nothing else frees its thread.
  package func watchEngine() async {
    while !Task.isCancelled {
      await sleep(Self.watchInterval)
      guard let pool = state.withLock({ $0.served })?.pool else { continue }
      let hung = pool.look()
      guard !hung.isEmpty else { continue }
      logger.critical(
        "the engine hangs: a run was told to end and did not",
        metadata: ["run.timeout": "\(configuration.runTimeout)"])
      requestDrain(reason: "the engine hangs")
      pool.giveUp(hung)
      // The answers are on their way, and gateways hear that there is no lease.
      await sleep(configuration.drainGrace)
      return
    }
  }

  private static let watchInterval = Duration.seconds(1)

  // MARK: For the methods

  /// A router with its methods.
  package var router: Router {
    var router = Router()
    register(on: &router)
    return router
  }

  /// - Throws: `unavailable` unless there is a model that takes calls.
  func served() throws(RPCError) -> ServedModel {
    let (phase, served) = state.withLock { ($0.phase, $0.served) }
    if let served { return served }
    throw RPCError(
      .unavailable,
      phase == .failed
        ? "this worker could not load its model; see its log" : "this worker loads its model",
      retryAfter: .seconds(1))
  }

  // MARK: Steps

  private func prepare() async throws(LoadError) -> ServedModel {
    let source = RegistrySource(channel: registry, sleep: sleep)
    let evidence = try await source.evidence(
      model: configuration.model, version: configuration.version)
    let verified = try verifier.verify(
      evidence, model: configuration.model, version: configuration.version,
      environment: configuration.environment, now: wallClock())
    report(verified.deployment)
    let folder = try await ArtifactCache(folder: configuration.cacheFolder)
      .open(verified, from: source)
    defer { folder.remove() }
    let version = try await ModelLoader(
      engines: engines, options: configuration.engineOptions, clock: clock
    ).load(folder)
    if let failure = version.warmUpFailure {
      logger.warning("the model can't be warmed with zeros", metadata: ["error": "\(failure)"])
    }
    let card = try ServingPlan.card(in: folder)
    let plan = try await ServingPlan.make(
      version, folder, card, engines: engines, threads: configuration.engineThreads)
    plan.report(to: logger)
    let pool = EnginePool(
      model: version.model, wideModel: plan.wideModel, rule: plan.rule,
      limits: .init(
        waitingMax: configuration.queueMax, instances: configuration.engineThreads),
      latencies: plan.latencies, runTimeout: configuration.runTimeout, clock: clock,
      metrics: metrics)
    return ServedModel(
      version: version, validator: RequestValidator(signature: version.model.signature),
      pool: pool)
  }

  private func report(_ deployment: VerifiedDeployment) {
    for warning in deployment.warnings { logger.warning("\(warning)") }
    for approval in deployment.disregarded { logger.info("disregarded: \(approval)") }
    logger.info(
      "the version is verified",
      metadata: [
        "manifest": "\(deployment.manifest.digest)", "pusher": "\(deployment.pusher)",
        "approvers": "\(deployment.approvers.joined(separator: ", "))",
      ])
  }

  private func keepLease(_ served: ServedModel, endpoint: String) async {
    let keeper = LeaseKeeper(
      identity: LeaseIdentity(
        workerID: configuration.workerID, model: configuration.model,
        version: configuration.version, endpoint: endpoint, processID: configuration.processID,
        host: configuration.host, isQuarantine: configuration.isQuarantine),
      registry: registry, clock: clock, sleep: sleep, logger: logger,
      load: { served.pool.load }, memoryBytes: memory.bytes,
      drainRequested: { [weak self] in self?.requestDrain(reason: "the registry asked for it") })
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await keeper.run() }
      await drainRequested.wait()
      await drain(served.pool, keeper)
      await group.waitForAll()
    }
  }

  private func drain(_ pool: EnginePool, _ keeper: LeaseKeeper) async {
    state.withLock { $0.phase = .draining }
    // Where the registry asked, gateways know already, and the lease shows how far it is.
    if !keeper.isAskedToDrain { keeper.release() }
    await sleep(configuration.drainGrace)
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await pool.drain() }
      group.addTask { [sleep, configuration] in
        await sleep(configuration.drainTimeout)
        if !Task.isCancelled { pool.abandonAll() }
      }
      await group.next()
      group.cancelAll()
    }
    keeper.release()
  }
}
