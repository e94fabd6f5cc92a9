import Trust

/// What a new key is to be.
package struct KeyRequest: Sendable, Hashable {
  package var principal: String
  /// Names of roles.
  package var roles: [String]
  /// Names of models; `*` for every one.
  package var models: [String]
  package var limits: KeyLimits
  /// Nanoseconds since 1970; `nil` for never.
  package var expiresAt: Int64?

  /// Models that one key may name; keeps its entry in the log, and the assertion of its caller, small.
  package static let modelsMax = 256

  package init(
    principal: String, roles: [String], models: [String] = [], limits: KeyLimits = .none,
    expiresAt: Int64? = nil
  ) {
    self.principal = principal
    self.roles = roles
    self.models = models
    self.limits = limits
    self.expiresAt = expiresAt
  }

  /// - Throws: ``GatewayError/invalid(_:)`` for a request that can't be met.
  func check(nowNanoseconds: Int64) throws(GatewayError) -> (roles: Set<Role>, models: ModelScope) {
    if let fault = Name.fault(principal) {
      throw .invalid("principal `\(principal.prefix(64))` \(fault)")
    }
    guard !roles.isEmpty else {
      throw .invalid("expected at least one role out of \(Self.roleNames)")
    }
    var known: Set<Role> = []
    for name in roles {
      guard let role = Role(rawValue: name) else {
        throw .invalid("no role `\(name.prefix(64))`; expected one of \(Self.roleNames)")
      }
      known.insert(role)
    }
    guard models.count <= Self.modelsMax else {
      throw .invalid(
        "expected at most \(Self.modelsMax) models, got \(models.count); `*` is every model")
    }
    for name in models where name != ModelScope.wildcard {
      if let fault = Name.fault(name) { throw .invalid("model `\(name.prefix(64))` \(fault)") }
    }
    if let expiresAt, expiresAt <= nowNanoseconds {
      throw .invalid("expected a key to expire in the future")
    }
    return (known, ModelScope(names: models))
  }

  private static var roleNames: String {
    Role.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
  }
}
