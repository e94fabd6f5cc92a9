/// A service's role with the private key that proves it.
package struct ServiceIdentity: Sendable {
  package let role: ServiceRole
  package let key: SigningKey

  package init(role: ServiceRole, key: SigningKey) {
    self.role = role
    self.key = key
  }
}
