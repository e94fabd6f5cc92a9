/// Lets a call through only if its method names the peer's service role, or a role of the caller.
/// Everything else is refused: a method without roles and peers can be called by nobody.
package final class RoleAdmission: CallGate {
  /// Stands in a method's roles for every authenticated principal.
  package static let anyRole = "any"

  package init() {}

  package func admit(
    _ call: borrowing CallView, of method: MethodDescriptor, by origin: CallOrigin
  ) throws(RPCError) {
    switch (origin.peer, origin.caller) {
    case (.service(let role), nil):
      guard method.peers.contains(role) else {
        throw RPCError(
          .permissionDenied, "the service role `\(role)` may not call `\(method.name)` for itself")
      }
    case (.service(let role), .some(let caller)):
      guard role == "gateway" else {
        throw RPCError(.permissionDenied, "only a gateway calls on behalf of a principal")
      }
      try Self.check(caller.roles, method)
    case (.principal(let principal), _):
      try Self.check(principal.roles, method)
    }
  }

  private static func check(
    _ roles: Set<String>, _ method: MethodDescriptor
  ) throws(RPCError) {
    let isAllowed = method.roles.contains { $0 == anyRole || roles.contains($0) }
    guard !isAllowed else { return }
    let needed = method.roles.map { "`\($0)`" }.joined(separator: " or ")
    throw RPCError(
      .permissionDenied,
      needed.isEmpty
        ? "`\(method.name)` is for services only"
        : "`\(method.name)` needs the role \(needed); ask an admin for a key that has it")
  }
}
