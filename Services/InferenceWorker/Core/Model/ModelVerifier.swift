package import Contracts
package import Trust

/// Decides from signed evidence and this host's own trust file whether a version may be loaded. Does it
/// before a byte of the version is fetched.
package struct ModelVerifier: Sendable {
  private let trust: TrustFile

  /// - Parameter trust: the file that this worker's host was configured with, never the registry's.
  package init(trust: TrustFile) {
    self.trust = trust
  }

  /// - Throws: `evidenceInvalid`, `refused`.
  package func verify(
    _ evidence: Registry.Evidence, model: String, version: UInt32, environment: String,
    now: Timestamp
  ) throws(LoadError) -> VerifiedVersion {
    let files = try Self.files(evidence.files)
    let manifestFiles: [ManifestFile]
    do {
      manifestFiles = try files.map { file throws(ManifestError) in
        try ManifestFile(path: file.path, digest: file.digest)
      }
    } catch {
      throw .evidenceInvalid(reason: error.description)
    }
    let expectation = DeploymentExpectation(
      modelName: model, version: "\(version)", environment: environment, files: manifestFiles)
    do {
      let deployment = try DeploymentVerifier(trust: trust).verify(
        bundle: evidence.manifestBundle,
        approvals: Self.approvals(evidence.approvals, for: expectation), expectation: expectation,
        now: now)
      return VerifiedVersion(model: model, version: version, deployment: deployment, files: files)
    } catch {
      throw .refused(error)
    }
  }

  private static func files(
    _ entries: [Registry.FileEntry]
  ) throws(LoadError) -> [VersionFile] {
    var files: [VersionFile] = []
    for entry in entries {
      guard let digest = ContentDigest(bytes: entry.sha256) else {
        throw .evidenceInvalid(reason: "\(quoted(entry.path)) has a digest of another length")
      }
      guard entry.byteCount <= ArtifactCache.fileBytesMax else {
        throw .tooLarge(path: entry.path, byteCount: entry.byteCount)
      }
      files.append(VersionFile(path: entry.path, digest: digest, byteCount: entry.byteCount))
    }
    return files
  }

  /// Those that can be read. Junk among them must not keep the good ones from counting, nor must
  /// those of other environments use up the number that is looked at.
  private static func approvals(
    _ envelopes: [[UInt8]], for expectation: DeploymentExpectation
  ) -> [Approval] {
    let readable = envelopes.compactMap { try? Approval(json: $0) }
    guard readable.count > DeploymentVerifier.approvalsMax else { return readable }
    return readable.filter {
      $0.statement.modelName == expectation.modelName
        && $0.statement.version == expectation.version
        && $0.statement.environment == expectation.environment
    }
  }
}
