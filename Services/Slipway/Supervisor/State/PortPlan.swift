package import Trust

/// Which ports the services of one machine listen on.
///
/// RPC is at `base` for the gateway, then registry, monitor and content-governor; `/metrics` and
/// `/health` of each are ten further up. Workers take free ports.
package struct PortPlan: Sendable, Hashable {
  package static let baseDefault = 7400
  package static let baseMax = 65_500
  private static let opsOffset = 10

  /// The services in the order of their ports.
  package static let services: [ServiceRole] = [.gateway, .registry, .monitor, .contentGovernor]

  private let base: Int

  package init(base: Int) throws(SupervisorError) {
    guard (1024...Self.baseMax).contains(base) else { throw .portBaseInvalid(base) }
    self.base = base
  }

  /// host:port of a service's RPC.
  package func endpoint(of role: ServiceRole) -> String {
    "127.0.0.1:\(base + offset(of: role))"
  }

  /// host:port of a service's `/metrics` and `/health`.
  package func opsEndpoint(of role: ServiceRole) -> String {
    "127.0.0.1:\(base + Self.opsOffset + offset(of: role))"
  }

  /// The content of `endpoints.json`: a flat object of text, `SERVICE` and `SERVICE-ops` to host:port.
  package var endpoints: [String: String] {
    var endpoints: [String: String] = [:]
    for role in Self.services {
      endpoints[role.rawValue] = endpoint(of: role)
      endpoints["\(role.rawValue)-ops"] = opsEndpoint(of: role)
    }
    return endpoints
  }

  private func offset(of role: ServiceRole) -> Int {
    Self.services.firstIndex(of: role) ?? Self.services.count
  }
}
