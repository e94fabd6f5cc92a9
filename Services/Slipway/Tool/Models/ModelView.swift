internal import Contracts

/// A model with what of it should run and what runs.
struct ModelView: PresentableRow {
  static let columns = ["MODEL", "VERSIONS", "ALIASES", "DEPLOYED", "WORKERS"]

  var name: String
  var versions: [VersionView]
  var aliases: [String: UInt32]
  var deployment: DeploymentView?
  var workers: [WorkerView]

  init(_ model: Registry.Model) {
    name = model.name
    versions = model.versions.map(VersionView.init)
    aliases = Dictionary(
      model.aliases.map { ($0.name, $0.version) }, uniquingKeysWith: { one, _ in one })
    deployment = model.deployment.map(DeploymentView.init)
    workers = model.leases.map { WorkerView($0) }
  }

  var row: [String] {
    let named = aliases.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return [
      name, versions.map { "\($0.version)" }.joined(separator: ","), named.joined(separator: ","),
      deployment?.split ?? "", "\(workers.filter { $0.state == "serving" }.count)",
    ]
  }
}
