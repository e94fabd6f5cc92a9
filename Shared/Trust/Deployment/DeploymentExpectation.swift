/// What is about to be loaded, in the words of whoever asked for it, and the files at hand.
package struct DeploymentExpectation: Sendable {
  /// A digest that the approvals must state.
  package enum Digest: Equatable, Sendable {
    /// Whatever the approvers agree on; read it from `VerifiedDeployment`.
    case asApproved
    /// Exactly this, or that there is none.
    case exactly(ContentDigest?)
  }

  package let modelName: String
  package let version: String
  package let environment: String
  package let evaluation: Digest
  package let policyBundle: Digest
  /// Every file at hand, with the digest of the bytes that will be loaded.
  package let files: [ManifestFile]

  package init(
    modelName: String, version: String, environment: String, evaluation: Digest = .asApproved,
    policyBundle: Digest = .asApproved, files: [ManifestFile]
  ) {
    self.modelName = modelName
    self.version = version
    self.environment = environment
    self.evaluation = evaluation
    self.policyBundle = policyBundle
    self.files = files
  }
}
