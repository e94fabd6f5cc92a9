/// Who is at the other end of a connection, once it has proven it. Indirect, because every call hands it
/// on several times.
package indirect enum PeerIdentity: Sendable {
  /// A service of the suite, by role.
  case service(String)
  /// A client with an API key.
  case principal(Principal)

  package var name: String {
    switch self {
    case .service(let role): role
    case .principal(let principal): principal.name
    }
  }
}

/// Who acts, and what that one may do.
package struct Principal: Sendable {
  package var name: String
  /// Id of the API key that proved it.
  package var keyID: String
  package var roles: Set<String>
  /// Models that it may call; `*` for every one.
  package var models: Set<String>
  /// Seconds since 1970 from which it counts no more; `nil` for never.
  package var expiresAtSeconds: Int64?
  /// What the authenticator wants to find again on each call, such as the key's limits.
  package var session: (any AnyObject & Sendable)?

  package init(
    name: String, keyID: String, roles: Set<String>, models: Set<String>,
    expiresAtSeconds: Int64? = nil, session: (any AnyObject & Sendable)? = nil
  ) {
    self.name = name
    self.keyID = keyID
    self.roles = roles
    self.models = models
    self.expiresAtSeconds = expiresAtSeconds
    self.session = session
  }

  package func may(call model: String) -> Bool {
    models.contains("*") || models.contains(model)
  }
}
