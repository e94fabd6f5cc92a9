/// Counts people whose approvals are good for one deployment, grouped by the evaluation and policy
/// bundle that they approved.
struct ApprovalJudge {
  let trust: TrustFile
  let expectation: DeploymentExpectation
  let manifestDigest: ContentDigest
  let pusher: String
  let now: Timestamp

  /// By what was agreed on: person to the moment when the person's approval runs out.
  private var votes: [AgreedDigests: [String: Timestamp]] = [:]
  private(set) var disregarded: [DisregardedApproval] = []

  init(
    trust: TrustFile, expectation: DeploymentExpectation, manifestDigest: ContentDigest,
    pusher: String, now: Timestamp
  ) {
    self.trust = trust
    self.expectation = expectation
    self.manifestDigest = manifestDigest
    self.pusher = pusher
    self.now = now
  }

  mutating func consider(_ approval: Approval, at index: Int) {
    let fault = fault(of: approval.statement)
    for signature in approval.envelope.signatures {
      if let reason = fault ?? count(signature, of: approval) {
        disregarded.append(
          DisregardedApproval(
            approvalIndex: index, keyIdentifier: signature.keyIdentifier, reason: reason))
      }
    }
  }

  /// The group of at least `required` people who agree.
  func verdict(
    required: Int
  ) throws(DeploymentRefusal) -> (AgreedDigests, [String: Timestamp]) {
    let sufficient = votes.filter { $0.value.count >= required }
    if sufficient.count == 1, let only = sufficient.first { return (only.key, only.value) }
    let people = Set(votes.values.flatMap(\.keys))
    // Two sufficient groups are no agreement either: which policy would govern?
    if people.count >= required {
      throw .approversDisagree(required: required, votes.mapValues { $0.keys.sorted() })
    }
    throw .notEnoughApprovers(
      required: required, counted: people.sorted(), disregarded: disregarded)
  }

  /// What keeps the statement from being about this deployment, now.
  private func fault(of statement: ApprovalStatement) -> DisregardedApproval.Reason? {
    if statement.modelName != expectation.modelName { return .otherModel(statement.modelName) }
    if statement.version != expectation.version { return .otherVersion(statement.version) }
    if statement.environment != expectation.environment {
      return .otherEnvironment(statement.environment)
    }
    if statement.manifestDigest != manifestDigest {
      return .otherManifest(statement.manifestDigest)
    }
    if case .exactly(let digest) = expectation.evaluation, digest != statement.evaluationDigest {
      return .otherEvaluation(statement.evaluationDigest)
    }
    if case .exactly(let digest) = expectation.policyBundle,
      digest != statement.policyBundleDigest
    {
      return .otherPolicyBundle(statement.policyBundleDigest)
    }
    if statement.notBefore > now.adding(DeploymentVerifier.clockSkewMax) {
      return .notYetValid(from: statement.notBefore)
    }
    if statement.expiresAt <= now { return .expired(at: statement.expiresAt) }
    return nil
  }

  /// Counts a signature, or says why it does not count.
  private mutating func count(
    _ signature: EnvelopeSignature, of approval: Approval
  ) -> DisregardedApproval.Reason? {
    guard let key = trust.key(identifier: signature.keyIdentifier) else { return .unknownKey }
    guard approval.envelope.isSigned(by: key.key, signature) else {
      return .badSignature(person: key.person)
    }
    if key.isRevoked { return .revokedKey(person: key.person) }
    if let expiresAt = key.expiresAt, key.isExpired(at: now) {
      return .expiredKey(person: key.person, at: expiresAt)
    }
    guard key.roles.contains(.approver) else { return .notAnApprover(person: key.person) }
    guard key.person != pusher else { return .approverIsPusher(person: key.person) }

    let statement = approval.statement
    let agreed = AgreedDigests(
      evaluation: statement.evaluationDigest, policyBundle: statement.policyBundleDigest)
    let expiresAt = key.expiresAt.map { min($0, statement.expiresAt) } ?? statement.expiresAt
    let earlier = votes[agreed]?[key.person]
    votes[agreed, default: [:]][key.person] = max(expiresAt, earlier ?? expiresAt)
    return earlier == nil ? nil : .personTwice(person: key.person)
  }
}
