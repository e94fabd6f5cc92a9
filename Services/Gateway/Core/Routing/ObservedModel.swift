/// What the registry says of one model, read and checked: the desired and the actual state that routes
/// are made from.
package struct ObservedModel: Sendable, Hashable {
  package var name: String
  /// Numbers of the versions that exist.
  package var versions: [UInt32]
  package var aliases: [String: UInt32]
  /// Empty if the model is not deployed.
  package var targets: [Target]
  package var workers: [ObservedWorker]

  package struct Target: Sendable, Hashable {
    package var version: UInt32
    package var replicas: UInt32
    /// Share of the traffic; the weights of a deployment add up to 100.
    package var weight: UInt32
    /// The number of replicas follows the load: a call for it has a worker started.
    package var followsLoad: Bool

    package init(
      version: UInt32, replicas: UInt32, weight: UInt32, followsLoad: Bool = false
    ) {
      self.version = version
      self.replicas = replicas
      self.weight = weight
      self.followsLoad = followsLoad
    }
  }

  package init(
    name: String, versions: [UInt32] = [], aliases: [String: UInt32] = [:], targets: [Target] = [],
    workers: [ObservedWorker] = []
  ) {
    self.name = name
    self.versions = versions
    self.aliases = aliases
    self.targets = targets
    self.workers = workers
  }
}
