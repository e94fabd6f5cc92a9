/// Decides whether a version may be loaded: a pure function of the trust file, what was signed, what
/// was asked for, the files at hand and the time.
///
/// It trusts nothing that a registry says. An approval that does not count never spoils those that
/// do (otherwise a thief could block a deployment by adding junk); it is reported.
package struct DeploymentVerifier: Sendable {
  /// Far above any k; bounds the work that a hostile registry can ask for.
  package static let approvalsMax = 64
  /// How far an approver's clock may be ahead of ours.
  package static let clockSkewMax: Duration = .seconds(60)
  package static let warningPeriod: Duration = .seconds(14 * 86_400)

  private let trust: TrustFile

  package init(trust: TrustFile) {
    self.trust = trust
  }

  /// - Parameters:
  ///   - bundle: the manifest's bundle as JSON.
  ///   - approvals: at most `approvalsMax`; which of them count is decided here.
  ///   - now: the time of loading. Running workers go on past `VerifiedDeployment.expiresAt`.
  package func verify(
    bundle: [UInt8], approvals: [Approval], expectation: DeploymentExpectation, now: Timestamp
  ) throws(DeploymentRefusal) -> VerifiedDeployment {
    let (manifest, pusher) = try verifyManifest(bundle, expectation, now)
    guard approvals.count <= Self.approvalsMax else {
      throw .tooManyApprovals(count: approvals.count)
    }
    var judge = ApprovalJudge(
      trust: trust, expectation: expectation, manifestDigest: manifest.digest,
      pusher: pusher.person, now: now)
    for (index, approval) in approvals.enumerated() {
      judge.consider(approval, at: index)
    }
    let required = trust.approversRequired(in: expectation.environment)
    let (agreed, votes) = try judge.verdict(required: required)
    let expiresAt = Self.expiry(votes: votes, required: required, pusher: pusher)
    return VerifiedDeployment(
      manifest: manifest, pusher: pusher.person, approvers: votes.keys.sorted(), agreed: agreed,
      expiresAt: expiresAt,
      warnings: expiresAt.since(now) <= Self.warningPeriod ? [.expiresSoon(at: expiresAt)] : [],
      disregarded: judge.disregarded)
  }

  /// The manifest, if a pusher signed it and it names the model asked for and exactly the files.
  private func verifyManifest(
    _ bytes: [UInt8], _ expectation: DeploymentExpectation, _ now: Timestamp
  ) throws(DeploymentRefusal) -> (ModelManifest, TrustedKey) {
    let bundle: ManifestBundle
    do {
      bundle = try ManifestBundle(json: bytes)
    } catch {
      throw .manifest(error)
    }
    guard let pusher = trust.key(manifestHint: bundle.keyHint) else {
      throw .pusherUnknown(hint: bundle.keyHint)
    }
    do {
      try bundle.verify(by: pusher.key)
    } catch {
      throw .manifest(error)
    }
    if pusher.isRevoked {
      throw .pusherKeyRevoked(person: pusher.person, key: pusher.key.identifier)
    }
    if let expiresAt = pusher.expiresAt, pusher.isExpired(at: now) {
      throw .pusherKeyExpired(person: pusher.person, key: pusher.key.identifier, at: expiresAt)
    }
    guard pusher.roles.contains(.pusher) else { throw .pusherLacksRole(person: pusher.person) }
    guard bundle.manifest.modelName == expectation.modelName else {
      throw .modelNameDiffers(
        expected: expectation.modelName, manifest: bundle.manifest.modelName)
    }
    do {
      try bundle.manifest.verify(files: expectation.files)
    } catch {
      throw .manifest(error)
    }
    return (bundle.manifest, pusher)
  }

  /// Loading stays possible until the k-th last approval runs out, or the pusher's key.
  private static func expiry(
    votes: [String: Timestamp], required: Int, pusher: TrustedKey
  ) -> Timestamp {
    let latestFirst = votes.values.sorted(by: >)
    let approvals = latestFirst[required - 1]
    return pusher.expiresAt.map { min($0, approvals) } ?? approvals
  }
}
