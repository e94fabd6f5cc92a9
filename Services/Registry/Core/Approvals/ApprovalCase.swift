import GRDB
import Trust

/// All that is signed about one version, as it is stored.
struct ApprovalCase {
  let model: String
  let version: UInt32
  let bundle: [UInt8]
  let envelopes: [[UInt8]]
  let files: [ManifestFile]

  init(_ db: Database, model: String, version: UInt32) throws {
    guard let evidence = try VersionTable.evidence(db, model: model, number: version) else {
      throw RegistryError.missing("`\(model)` has no version \(version)")
    }
    self.model = model
    self.version = version
    bundle = evidence.manifestBundle
    envelopes = try ApprovalTable.envelopes(db, model: model, version: version)
    files = try VersionTable.files(db, model: model, number: version).manifestFiles()
  }

  func standing(in environment: String, by desk: TrustDesk, now: Timestamp) -> TrustDesk.Standing {
    desk.standing(
      model: model, version: version, environment: environment, bundle: bundle,
      envelopes: envelopes, files: files, now: now)
  }

  /// - Throws: `refused` that says who approved, how many are missing, and what to do next.
  func require(in environment: String, by desk: TrustDesk, now: Timestamp) throws(RegistryError) {
    if let fault = standing(in: environment, by: desk, now: now).fault {
      throw .refused(
        "version \(version) of `\(model)` may not be deployed to `\(environment)`: \(fault)")
    }
  }
}
