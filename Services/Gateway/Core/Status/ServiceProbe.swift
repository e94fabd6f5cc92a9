internal import Contracts
internal import RPC

/// Finds out whether another service answers.
package struct ServiceProbe: Sendable {
  private let name: String
  private let endpoint: String
  private let connect: @Sendable () async throws -> String

  /// - Parameter connect: returns the release of the service once it is connected.
  package init(
    name: String, endpoint: String, connect: @escaping @Sendable () async throws -> String
  ) {
    self.name = name
    self.endpoint = endpoint
    self.connect = connect
  }

  /// All at once, in the order of `probes`.
  static func statuses(of probes: [ServiceProbe]) async -> [Gateway.ServiceStatus] {
    await withTaskGroup { group in
      for (index, probe) in probes.enumerated() {
        group.addTask { (index, await probe.status()) }
      }
      var found: [(Int, Gateway.ServiceStatus)] = []
      for await status in group { found.append(status) }
      return found.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  private func status() async -> Gateway.ServiceStatus {
    do {
      let release = try await connect()
      return Gateway.ServiceStatus(
        name: name, endpoint: endpoint, state: "ready", release: release)
    } catch {
      return Gateway.ServiceStatus(name: name, endpoint: endpoint, state: "unreachable")
    }
  }
}
