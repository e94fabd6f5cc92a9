internal import Contracts

/// What of a model should run.
struct DeploymentView: PresentableRow {
  static let columns = ["MODEL", "ENVIRONMENT", "REVISION", "VERSIONS", "SET", "BY", "REASON"]

  struct Target: Encodable {
    var version: UInt32
    var replicas: UInt32
    var weight: UInt32
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
      Target(version: $0.version, replicas: $0.replicas, weight: $0.weight)
    }
    setBy = deployment.setBy
    setAt = Spelling.time(deployment.setAt)
    reason = deployment.reason
  }

  /// `1=90%x3 2=10%x1`: version, share of the traffic, replicas.
  var split: String {
    targets.map { "\($0.version)=\($0.weight)%x\($0.replicas)" }.joined(separator: " ")
  }

  var row: [String] {
    [model, environment, "\(revision)", split, setAt ?? "", setBy, reason]
  }
}
