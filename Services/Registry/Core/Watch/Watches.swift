import Contracts

/// The verb that follows desired and actual state.
package struct Watches: Sendable {
  let store: RegistryStore
  let leases: Leases
  let board: ChangeBoard
  let limits: RegistryLimits
  private let scaling: Scaling
  private let memories = VersionMemories()

  init(
    store: RegistryStore, leases: Leases, board: ChangeBoard, scaling: Scaling,
    limits: RegistryLimits
  ) {
    self.store = store
    self.leases = leases
    self.board = board
    self.limits = limits
    self.scaling = scaling
  }

  /// A watch that begins with every model's state.
  ///
  /// - Throws: `exhausted` where there are too many watchers.
  package func begin() throws(RegistryError) -> ModelWatch {
    // It joins before its first read, so that no change falls between.
    try ModelWatch(self, place: board.join())
  }

  /// Names of models after `name`, a page of them.
  func models(after name: String) async throws(RegistryError) -> [String] {
    try await store.read { [limits] db in
      try VersionTable.models(db, after: name, limit: limits.pageMax)
    }
  }

  /// A model's desired and actual state as it is now.
  func state(of model: String) async throws(RegistryError) -> Registry.ModelState {
    var state = try await store.read { [memories] db in
      let deployment = try DeploymentTable.current(db, model: model)
      return Registry.ModelState(
        model: model, aliases: try AliasTable.list(db, model: model), deployment: deployment,
        versions: try VersionTable.numbers(db, model: model),
        memory: try (deployment?.targets ?? []).map { target in
          Registry.VersionMemory(
            version: target.version,
            bytes: try memories.bytes(db, model: model, version: target.version))
        })
    }
    state.leases = leases.list(model: model, at: leases.now())
    let deployed = Set((state.deployment?.targets ?? []).map(\.version))
    state.quarantines = scaling.quarantines(of: model).filter { deployed.contains($0) }
    return state
  }
}
