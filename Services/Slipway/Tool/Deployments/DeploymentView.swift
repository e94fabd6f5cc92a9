internal import Contracts

/// What of a model should run.
struct DeploymentView: PresentableRow {
  static let columns = ["MODEL", "ENVIRONMENT", "REVISION", "VERSIONS", "SET", "BY", "REASON"]

  struct Target: Encodable {
    var version: UInt32
    var replicas: UInt32
    var weight: UInt32
    /// Bounds of the number of workers; nil where it does not follow the load.
    var min: UInt32?
    var max: UInt32?
  }

  var model: String
  var environment: String
  var revision: UInt64
  var targets: [Target]
  var setBy: String
  var setAt: String?
  var reason: String

  init(_ deployment: Registry.Deployment) {
    model = deployment.model
    environment = deployment.environment
    revision = deployment.revision
    targets = deployment.targets.map {
      Target(
        version: $0.version, replicas: $0.replicas, weight: $0.weight, min: $0.scaling?.min,
        max: $0.scaling?.max)
    }
    setBy = deployment.setBy
    setAt = Spelling.time(deployment.setAt)
    reason = deployment.reason
  }

  /// `1=90%x3 2=10%x1(0-4)`: version, share of the traffic, replicas, and between which they follow the load.
  var split: String {
    targets.map { target in
      let bounds = target.min.flatMap { min in target.max.map { "(\(min)-\($0))" } } ?? ""
      return "\(target.version)=\(target.weight)%x\(target.replicas)\(bounds)"
    }.joined(separator: " ")
  }

  var row: [String] {
    [model, environment, "\(revision)", split, setAt ?? "", setBy, reason]
  }
}
