/// What `DeploymentVerifier` found out about a version that may be loaded.
package struct VerifiedDeployment: Equatable, Sendable {
  /// What an operator should act on although the version may be loaded.
  package enum Warning: Hashable, Sendable, CustomStringConvertible {
    /// From this moment on there are too few valid approvals to load this version again.
    case expiresSoon(at: Timestamp)

    package var description: String {
      switch self {
      case .expiresSoon(let moment):
        "the approvals of this version last until \(moment): approve it again before"
      }
    }
  }

  package let manifest: ModelManifest
  package let pusher: String
  /// The people whose approvals count, sorted.
  package let approvers: [String]
  package let agreed: AgreedDigests
  /// When a fresh load would be refused for the first time, by what is known now.
  package let expiresAt: Timestamp
  package let warnings: [Warning]
  /// Signatures that were not needed and do not count.
  package let disregarded: [DisregardedApproval]
}
