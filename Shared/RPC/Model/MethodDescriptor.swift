/// What is known of a method without its types. A class, because every call hands it on several times.
package final class MethodDescriptor: Sendable {
  /// Service and method as on the wire, such as `slipway.registry.v1.Registry/CommitPush`.
  package let name: String
  package let shape: MethodShape
  package let effect: MethodEffect
  /// Roles of a principal, any of which may call it; by name. Empty if no principal may.
  package let roles: [String]
  /// Service roles that may call it on their own behalf; by name.
  package let peers: [String]

  package init(
    name: String, shape: MethodShape, effect: MethodEffect, roles: Set<String> = [],
    peers: Set<String> = []
  ) {
    self.name = name
    self.shape = shape
    self.effect = effect
    // Arrays: comparing two short names costs less than hashing one.
    self.roles = roles.sorted()
    self.peers = peers.sorted()
  }
}

extension MethodDescriptor: Equatable {
  package static func == (one: MethodDescriptor, other: MethodDescriptor) -> Bool {
    one === other
      || one.name == other.name && one.shape == other.shape && one.effect == other.effect
        && one.roles == other.roles && one.peers == other.peers
  }
}

package enum MethodShape: Sendable, Hashable {
  case unary
  case clientStream
  case serverStream
  case twoWayStream
}

/// What calling a method twice does; decides whether the first hop may retry it.
package enum MethodEffect: Sendable, Hashable {
  /// Changes nothing.
  case safe
  /// Twice is the same as once.
  case idempotent
  /// Twice is not the same as once: never retried.
  case mutating
}

/// A method with the types of its request and response.
package struct Method<Request: WireMessage, Response: WireMessage>: Sendable {
  package let descriptor: MethodDescriptor

  package init(_ descriptor: MethodDescriptor) {
    self.descriptor = descriptor
  }
}
