import Contracts
import Trust

/// Asks the trust file on this host whose signatures count.
///
/// The file is read anew for each question: a key that is revoked there counts no more from the next
/// question on, without a restart. The worker asks the same of its own trust file before it loads;
/// refusing here is for the person who would otherwise wait for a worker that never comes.
struct TrustDesk: Sendable {
  /// How far a version is on its way into an environment.
  struct Standing: Sendable, Equatable {
    /// People whose approvals count.
    let approvers: [String]
    let required: Int
    /// Why it may not be deployed, or nil if it may.
    let fault: String?
  }

  private let trust: TrustFile

  static func load(path: String, queue: DiskQueue) async throws(RegistryError) -> TrustDesk {
    try await queue.run(key: path) { () throws(RegistryError) in
      do throws(TrustFileError) {
        return TrustDesk(trust: try TrustFile.load(from: path))
      } catch {
        throw .failed(cause: "\(error)")
      }
    }
  }

  init(trust: TrustFile) {
    self.trust = trust
  }

  /// The manifest and the key of its pusher.
  ///
  /// - Throws: `invalid` where the bundle is none or names other files, `refused` where its signature
  ///   does not count.
  func pushed(
    bundle: [UInt8], model: String, files: [ManifestFile], now: Timestamp
  ) throws(RegistryError) -> (manifest: ModelManifest, keyID: String) {
    let expectation = DeploymentExpectation(
      modelName: model, version: "1", environment: DeploymentRule.environmentDefault, files: files)
    do throws(DeploymentRefusal) {
      _ = try DeploymentVerifier(trust: trust).verify(
        bundle: bundle, approvals: [], expectation: expectation, now: now)
    } catch {
      switch error {
      case .notEnoughApprovers: break
      case .pusherUnknown, .pusherLacksRole, .pusherKeyExpired, .pusherKeyRevoked:
        throw .refused("\(error); ask who keeps the registry's trust file")
      default: throw .invalid("\(error)")
      }
    }
    do throws(ManifestError) {
      let bundle = try ManifestBundle(json: bundle)
      guard let key = trust.key(manifestHint: bundle.keyHint) else {
        throw .unexpectedHint(hint: bundle.keyHint, expected: "")
      }
      return (bundle.manifest, key.key.identifier.description)
    } catch {
      throw .invalid("\(error)")
    }
  }

  /// The keys that signed an approval and count, for a version as it is stored.
  ///
  /// - Throws: `refused` with the reasons where none counts.
  func signers(
    of approval: Approval, bundle: [UInt8], files: [ManifestFile], now: Timestamp
  ) throws(RegistryError) -> [String] {
    let statement = approval.statement
    let verdict = verdict(
      bundle: bundle, approvals: [approval], model: statement.modelName,
      version: statement.version, environment: statement.environment, files: files, now: now)
    let disregarded: [DisregardedApproval]
    switch verdict {
    case .success(let deployment): disregarded = deployment.disregarded
    case .failure(.notEnoughApprovers(_, let counted, let others)):
      guard !counted.isEmpty else {
        let reasons = others.map(\.description).joined(separator: "; ")
        throw .refused("the approval does not count: \(reasons)")
      }
      disregarded = others
    case .failure(let refusal):
      throw .refused("the approval does not count: \(refusal)")
    }
    let ignored = Set(disregarded.map(\.keyIdentifier))
    return approval.claimedKeyIdentifiers.filter { !ignored.contains($0) }
  }

  /// How far a version is, judged by envelopes and manifest alone and by nothing that a row says.
  func standing(
    model: String, version: UInt32, environment: String, bundle: [UInt8], envelopes: [[UInt8]],
    files: [ManifestFile], now: Timestamp
  ) -> Standing {
    let approvals = envelopes.compactMap { try? Approval(json: $0) }
      .filter { $0.statement.environment == environment }
    let required = trust.approversRequired(in: environment)
    let verdict = verdict(
      bundle: bundle, approvals: approvals, model: model, version: "\(version)",
      environment: environment, files: files, now: now)
    switch verdict {
    case .success(let deployment):
      return Standing(approvers: deployment.approvers, required: required, fault: nil)
    case .failure(.notEnoughApprovers(_, let counted, let disregarded)):
      let names = counted.map { "`\($0)`" }.joined(separator: ", ")
      let missing = required - counted.count
      let reasons = disregarded.map { "; \($0)" }.joined()
      return Standing(
        approvers: counted, required: required,
        fault: "\(counted.isEmpty ? "nobody has approved it" : "approved by \(names)"), "
          + "\(missing) more \(missing == 1 ? "person" : "people") needed\(reasons); next: "
          + "`slipway approve \(model) \(version) --environment \(environment)`")
    case .failure(.approversDisagree(_, let groups)):
      let people = Set(groups.values.flatMap(\.self)).sorted()
      return Standing(
        approvers: people, required: required,
        fault: "its approvers did not approve the same evaluation and policy: agree, then "
          + "`slipway approve \(model) \(version) --environment \(environment)`")
    case .failure(let refusal):
      return Standing(approvers: [], required: required, fault: "\(refusal)")
    }
  }

  private func verdict(
    bundle: [UInt8], approvals: [Approval], model: String, version: String, environment: String,
    files: [ManifestFile], now: Timestamp
  ) -> Result<VerifiedDeployment, DeploymentRefusal> {
    let expectation = DeploymentExpectation(
      modelName: model, version: version, environment: environment, files: files)
    do throws(DeploymentRefusal) {
      return .success(
        try DeploymentVerifier(trust: trust).verify(
          bundle: bundle, approvals: approvals, expectation: expectation, now: now))
    } catch {
      return .failure(error)
    }
  }
}
