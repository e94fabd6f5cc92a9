import Synchronization

/// Keeps the routes current with what the registry says, one model at a time.
///
/// While the registry is away nothing is applied, and the last known routes go on: only the registry
/// decides that a lease has ended; a worker that is gone is found out by its connection.
package final class RouteBook: Sendable {
  package let loads = WorkerLoads()
  private let state: Mutex<State>
  /// Grows with each new table, so that a reader needs the lock only when there is one.
  private let revision = Atomic<UInt64>(1)
  private let isSynced = Atomic(false)

  /// Whether the registry has named every model at least once. Before, no model can be said not to exist.
  ///
  /// Read it before the table: a table that is read later holds all that was named.
  package var hasSynced: Bool { isSynced.load(ordering: .acquiring) }

  /// Versions that are counted apart; further ones share slot 0.
  package static let versionSlotsMax = 4_096
  /// How far the registry's clock may be behind or ahead of ours before a live lease looks expired.
  package static let clockSkewMaxNanoseconds: Int64 = 5_000_000_000

  private struct State {
    var directory = WorkerDirectory()
    var models: [ModelRoute] = []
    var indexOfModel: [String: Int] = [:]
    var workers: [Worker?] = []
    /// Workers of each model.
    var identities: [String: Set<WorkerDirectory.Identity>] = [:]
    var versionSlots: [VersionName: Int] = [:]
    /// Models that the running synchronisation has named; `nil` outside one.
    var namedInSync: Set<String>?
    var table: RouteTable
  }

  package init() {
    let table = RouteTable(models: [], indexOfModel: [:], workers: [], loads: loads)
    state = Mutex(State(table: table))
  }

  /// The routes now.
  package var table: RouteTable { state.withLock { $0.table } }

  /// Number of the current table; one load.
  var currentRevision: UInt64 { revision.load(ordering: .acquiring) }

  /// The models and versions that routes were made for, by their slots.
  package var versionNames: [Int: VersionName] {
    state.withLock { state in
      Dictionary(
        state.versionSlots.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })
    }
  }

  /// A watch has begun: the registry names every model once, then ``endSync()`` is called.
  package func beginSync() {
    state.withLock { $0.namedInSync = [] }
  }

  /// Every model has been named: those that were not are gone.
  package func endSync() {
    state.withLock { state in
      guard let named = state.namedInSync else { return }
      state.namedInSync = nil
      defer { isSynced.store(true, ordering: .releasing) }
      let gone = state.models.map(\.name).filter { !named.contains($0) }
      guard !gone.isEmpty else { return }
      for name in gone { replaceWorkers(of: name, by: [], in: &state) }
      state.models.removeAll { gone.contains($0.name) }
      state.indexOfModel = Dictionary(
        uniqueKeysWithValues: state.models.enumerated().map { ($0.element.name, $0.offset) })
      publish(&state)
    }
  }

  /// Replaces what was known of one model.
  ///
  /// - Parameter nowNanoseconds: wall time, since 1970.
  /// - Returns: ids of workers that got no route, because ``WorkerLoads/workersMax`` are in use.
  @discardableResult
  package func apply(_ model: ObservedModel, nowNanoseconds: Int64) -> [String] {
    state.withLock { state in
      state.namedInSync?.insert(model.name)
      let live = model.workers.filter { worker in
        !worker.isDraining
          && worker.expiresAtNanoseconds > nowNanoseconds - Self.clockSkewMaxNanoseconds
      }
      replaceWorkers(of: model.name, by: live, in: &state)
      let index = state.indexOfModel[model.name]
      let previous = index.map { state.models[$0].versions } ?? []
      var (versions, unrouted) = versionRoutes(model, live, in: &state)
      for place in versions.indices where versions[place].workers.isEmpty {
        let before = previous.first { $0.number == versions[place].number }
        versions[place].lostAt =
          before.map { $0.workers.isEmpty ? $0.lostAt : nowNanoseconds } ?? nil
      }
      let route = ModelRoute(
        model, versions: versions, previous: index.map { state.models[$0] })
      if let index {
        state.models[index] = route
      } else {
        state.indexOfModel[model.name] = state.models.count
        state.models.append(route)
      }
      publish(&state)
      return unrouted
    }
  }

  /// Frees the slots of workers that are not in `live` any more.
  private func replaceWorkers(
    of model: String, by live: [ObservedWorker], in state: inout State
  ) {
    let identities = Set(live.map(WorkerDirectory.Identity.init))
    for identity in state.identities[model, default: []] where !identities.contains(identity) {
      if let slot = state.directory.remove(identity, loads: loads) {
        state.workers[slot.index] = nil
      }
    }
    state.identities[model] = identities.isEmpty ? nil : identities
  }

  private func versionRoutes(
    _ model: ObservedModel, _ live: [ObservedWorker], in state: inout State
  ) -> (routes: [VersionRoute], unrouted: [String]) {
    let scaled = Set(model.targets.lazy.filter(\.followsLoad).map(\.version))
    let deployed = Set(
      model.targets.lazy.filter { $0.replicas > 0 || $0.weight > 0 || $0.followsLoad }.map(
        \.version))
    var candidates: [UInt32: [VersionRoute.Candidate]] = [:]
    var quarantine: [UInt32: [WorkerSlot]] = [:]
    var unrouted: [String] = []
    for worker in live {
      let identity = WorkerDirectory.Identity(worker)
      guard let slot = state.directory.slot(for: identity, loads: loads) else {
        unrouted.append(worker.id)
        continue
      }
      if slot.index >= state.workers.count {
        state.workers += Array(repeating: nil, count: slot.index + 1 - state.workers.count)
      }
      state.workers[slot.index] = Worker(slot: slot, id: worker.id, endpoint: worker.endpoint)
      guard !worker.isQuarantine else {
        quarantine[worker.version, default: []].append(slot)
        continue
      }
      candidates[worker.version, default: []].append(
        VersionRoute.Candidate(slot: slot, queueDepth: Int32(clamping: worker.queueDepth)))
    }
    let routes = deployed.union(candidates.keys).sorted().map { number in
      VersionRoute(
        number: number,
        versionSlot: versionSlot(VersionName(model: model.name, version: number), in: &state),
        workers: candidates[number] ?? [], startsOnDemand: scaled.contains(number),
        quarantine: quarantine[number] ?? [])
    }
    return (routes, unrouted)
  }

  private func versionSlot(_ name: VersionName, in state: inout State) -> Int {
    if let slot = state.versionSlots[name] { return slot }
    let slot = state.versionSlots.count + 1
    guard slot < Self.versionSlotsMax else { return 0 }
    state.versionSlots[name] = slot
    return slot
  }

  private func publish(_ state: inout State) {
    state.table = RouteTable(
      models: state.models, indexOfModel: state.indexOfModel, workers: state.workers, loads: loads)
    revision.wrappingAdd(1, ordering: .releasing)
  }
}
