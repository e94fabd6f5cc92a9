/// Whether a key is good.
package enum KeyState: String, Sendable, Hashable, CaseIterable {
  case active, expired, revoked
}
