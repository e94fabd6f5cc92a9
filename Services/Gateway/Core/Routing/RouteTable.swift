/// Every model's routes at one moment.
///
/// Immutable, so that event loops read it without a lock. A call costs one look-up of the model's name,
/// integer arithmetic and two relaxed loads; nothing is allocated while it succeeds.
package final class RouteTable: Sendable {
  let models: [ModelRoute]
  private let indexOfModel: [String: Int]
  /// By slot.
  private let workers: [Worker?]
  private let loads: WorkerLoads

  init(
    models: [ModelRoute], indexOfModel: [String: Int], workers: [Worker?], loads: WorkerLoads
  ) {
    self.models = models
    self.indexOfModel = indexOfModel
    self.workers = workers
    self.loads = loads
  }

  /// Finds the version that answers a call.
  ///
  /// A model that the key may not call is answered like one that does not exist, so that nobody learns
  /// the names of others' models.
  ///
  /// - Parameters:
  ///   - version: a number, an alias, or empty for the deployment's split.
  ///   - scope: what the key may call.
  ///   - routingKey: callers with the same key get the same version; empty to leave it to chance.
  package func resolve(
    model: String, version: String, scope: ModelScope, routingKey: Span<UInt8>,
    random: inout RouteRandom
  ) throws(RouteError) -> Route {
    guard let modelIndex = indexOfModel[model], scope.allows(model) else {
      throw .modelNotFound(model: model)
    }
    if version.isEmpty {
      let seed = models[modelIndex].hashSeed
      let point =
        routingKey.isEmpty ? random.next() : RoutingHash.hash(seed: seed, key: routingKey)
      guard let number = models[modelIndex].split.version(at: point) else {
        throw .notDeployed(model: model, version: nil)
      }
      return try route(modelIndex, number)
    }
    if let number = Self.number(version) { return try route(modelIndex, number) }
    guard let number = models[modelIndex].aliases[version] else {
      throw versionNotFound(modelIndex, version)
    }
    return try route(modelIndex, number)
  }

  /// Chooses a worker: the less loaded of two taken at random (Mitzenmacher 2001), which keeps queues
  /// short without everybody running to the same idle worker.
  ///
  /// A worker that failed of late is taken only if there is no other.
  ///
  /// - Parameters:
  ///   - route: of this table.
  ///   - excluded: the worker that the first attempt was made at; never returned.
  ///   - nowNanoseconds: monotonic time.
  package func pick(
    _ route: Route, excluding excluded: WorkerSlot? = nil, nowNanoseconds: Int64,
    random: inout RouteRandom
  ) throws(RouteError) -> WorkerSlot {
    let candidates = models[route.modelIndex].versions[route.versionIndex].workers
    if candidates.count > 1 {
      let first = Int(random.next() % UInt64(candidates.count))
      // One of the others, each as likely.
      let step = 1 + Int(random.next() % UInt64(candidates.count - 1))
      let second = (first + step) % candidates.count
      let firstFits = isFit(candidates[first], excluded, nowNanoseconds)
      let secondFits = isFit(candidates[second], excluded, nowNanoseconds)
      switch (firstFits, secondFits) {
      case (true, true):
        return load(candidates[second]) < load(candidates[first])
          ? candidates[second].slot : candidates[first].slot
      case (true, false): return candidates[first].slot
      case (false, true): return candidates[second].slot
      case (false, false):
        if let slot = leastLoaded(
          of: candidates, where: { isFit($0, excluded, nowNanoseconds) })
        {
          return slot
        }
      }
    }
    if let slot = leastLoaded(of: candidates, where: { $0.slot != excluded }) { return slot }
    throw .unavailable(model: models[route.modelIndex].name, version: route.version)
  }

  /// Whether a version has a worker, or had one since then.
  ///
  /// - Parameter nanoseconds: wall time, since 1970.
  package func hasServed(_ model: String, _ version: UInt32, since nanoseconds: Int64) -> Bool {
    guard let modelIndex = indexOfModel[model],
      let index = models[modelIndex].index(of: version)
    else { return false }
    let route = models[modelIndex].versions[index]
    return !route.workers.isEmpty || (route.lostAt.map { $0 >= nanoseconds } ?? false)
  }

  /// A worker for a suspect.
  func quarantine(_ route: Route) -> WorkerSlot? {
    models[route.modelIndex].versions[route.versionIndex].quarantine.first
  }

  /// Whether a call for a version has a worker started.
  package func startsOnDemand(_ model: String, _ version: UInt32) -> Bool {
    guard let modelIndex = indexOfModel[model],
      let index = models[modelIndex].index(of: version)
    else { return false }
    return models[modelIndex].versions[index].startsOnDemand
  }

  /// The worker in a slot that ``pick(_:excluding:nowNanoseconds:random:)`` returned.
  package func worker(_ slot: WorkerSlot) -> Worker? {
    guard slot.index < workers.count, let worker = workers[slot.index], worker.slot == slot else {
      return nil
    }
    return worker
  }

  /// All live workers, by slot.
  package var liveWorkers: [Worker] { workers.compactMap { $0 } }

  /// Names of the models, in no order.
  package var modelNames: [String] { models.map(\.name) }

  private func route(_ modelIndex: Int, _ number: UInt32) throws(RouteError) -> Route {
    guard let versionIndex = models[modelIndex].index(of: number) else {
      let name = models[modelIndex].name
      throw models[modelIndex].known.contains(number)
        ? .notDeployed(model: name, version: number)
        : versionNotFound(modelIndex, String(number))
    }
    return Route(
      version: number,
      versionSlot: models[modelIndex].versions[versionIndex].versionSlot,
      modelIndex: modelIndex, versionIndex: versionIndex)
  }

  private func versionNotFound(_ modelIndex: Int, _ version: String) -> RouteError {
    let model = models[modelIndex]
    return .versionNotFound(
      model: model.name, version: version,
      known: model.known.map { String($0) } + model.aliases.keys.sorted())
  }

  private func isFit(
    _ candidate: VersionRoute.Candidate, _ excluded: WorkerSlot?, _ nowNanoseconds: Int64
  ) -> Bool {
    candidate.slot != excluded && !loads.isSuspended(candidate.slot, nowNanoseconds: nowNanoseconds)
  }

  private func load(_ candidate: VersionRoute.Candidate) -> Int32 {
    loads.outstanding(candidate.slot) &+ candidate.queueDepth
  }

  private func leastLoaded(
    of candidates: [VersionRoute.Candidate], where isEligible: (VersionRoute.Candidate) -> Bool
  ) -> WorkerSlot? {
    var best: VersionRoute.Candidate?
    for candidate in candidates where isEligible(candidate) {
      if let current = best, load(current) <= load(candidate) { continue }
      best = candidate
    }
    return best?.slot
  }

  /// A version is a number if it is all digits; aliases never are.
  private static func number(_ text: String) -> UInt32? {
    guard text.utf8.first.map({ (0x30...0x39).contains($0) }) == true else { return nil }
    return UInt32(text)
  }
}
