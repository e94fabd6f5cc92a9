package import AuditLog

/// Who makes a change.
package enum Author: Sendable, Hashable {
  case principal(String)
  /// The gateway itself, as on its first start.
  case gateway

  var name: String {
    switch self {
    case .principal(let name): name
    case .gateway: GatewayStore.serviceName
    }
  }

  package var reference: AuditReference {
    switch self {
    case .principal(let name): AuditReference(.principal, name)
    case .gateway: AuditReference(.service, name)
    }
  }
}
