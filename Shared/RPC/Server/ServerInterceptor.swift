package import Base

/// Looks at every call before and after its handler. Runs on the event loop: must not block.
package protocol ServerInterceptor: AnyObject, Sendable {
  /// Refuses a call by throwing. Runs before the body is inflated or decoded.
  func admit(_ call: borrowing CallView, _ admission: CallAdmission) throws(RPCError)
  /// A call of a known method has ended: also one that was refused, by this interceptor or before it,
  /// and one whose connection was lost. Comes once for each call, in the reverse order of `admit`.
  func finished(_ call: FinishedCall)
}

extension ServerInterceptor {
  package func admit(_ call: borrowing CallView, _ admission: CallAdmission) throws(RPCError) {}
  package func finished(_ call: FinishedCall) {}
}

/// Who wants to call what.
package struct CallAdmission: Sendable {
  package let method: MethodDescriptor
  package let peer: PeerIdentity
  package let caller: Caller?
}

/// A call that has ended.
package struct FinishedCall: Sendable {
  package let method: MethodDescriptor
  /// Place of the method in the router, for tables.
  package let methodIndex: Int
  package let peer: PeerIdentity
  package let status: StatusCode
  package let startedAt: MonotonicInstant
  package let finishedAt: MonotonicInstant
  package let requestByteCount: Int
  package let responseByteCount: Int
}

/// Lets a call through only if its method names the peer's service role, or a role of the caller.
/// Everything else is refused: a method without roles and peers can be called by nobody.
package final class RoleAdmission: ServerInterceptor {
  /// Stands in a method's roles for every authenticated principal.
  package static let anyRole = "any"

  package init() {}

  package func admit(
    _ call: borrowing CallView, _ admission: CallAdmission
  ) throws(RPCError) {
    let method = admission.method
    let roles: Set<String>
    switch (admission.peer, admission.caller) {
    case (.service(let role), nil):
      guard method.peers.contains(role) else {
        throw RPCError(
          .permissionDenied, "the service role `\(role)` may not call `\(method.name)` for itself")
      }
      return
    case (.service(let role), .some(let caller)):
      guard role == "gateway" else {
        throw RPCError(.permissionDenied, "only a gateway calls on behalf of a principal")
      }
      roles = caller.roles
    case (.principal(let principal), _):
      roles = principal.roles
    }
    guard method.roles.contains(Self.anyRole) || !method.roles.isDisjoint(with: roles) else {
      let needed = method.roles.sorted().map { "`\($0)`" }.joined(separator: " or ")
      throw RPCError(
        .permissionDenied,
        needed.isEmpty
          ? "`\(method.name)` is for services only"
          : "`\(method.name)` needs the role \(needed); ask an admin for a key that has it")
    }
  }
}
