package import Contracts

extension ObservedModel {
  /// Reads a state of the registry's watch. Leases of other models than the state's own and those of an
  /// unknown state are left out: a worker of a later release may not take calls of this one.
  package init(_ state: Registry.ModelState) {
    self.init(
      name: state.model,
      versions: state.versions,
      aliases: Dictionary(
        state.aliases.map { ($0.name, $0.version) }, uniquingKeysWith: { _, last in last }),
      targets: (state.deployment?.targets ?? []).map { target in
        Target(
          version: target.version, replicas: target.replicas, weight: target.weight,
          followsLoad: target.scaling != nil)
      },
      workers: state.leases.compactMap { lease in
        guard lease.model == state.model, let isDraining = Self.isDraining(lease.state) else {
          return nil
        }
        return ObservedWorker(
          id: lease.workerID, version: lease.version, endpoint: lease.endpoint,
          isDraining: isDraining, isQuarantine: lease.state == "quarantine",
          queueDepth: lease.queueDepth,
          expiresAtNanoseconds: lease.expiresAt)
      })
  }

  private static func isDraining(_ state: String) -> Bool? {
    switch state {
    case "serving", "quarantine": false
    case "draining": true
    default: nil
    }
  }
}
