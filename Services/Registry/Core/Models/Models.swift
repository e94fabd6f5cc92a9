import AuditLog
package import Contracts
import GRDB
import Trust

/// The verbs that read models, versions and artifacts, and the one that moves an alias.
package struct Models: Sendable {
  let store: RegistryStore
  let artifacts: ArtifactStore
  let leases: Leases
  let board: ChangeBoard
  let limits: RegistryLimits

  /// Models by name, a page at a time; their versions without files, card and signature.
  package func list(
    _ request: Registry.ListModelsRequest
  ) async throws(RegistryError) -> Registry.ListModelsResponse {
    let limit = request.limit == 0 ? 100 : min(Int(request.limit), limits.pageMax)
    let now = leases.now()
    return try await store.read { [leases] db in
      let names = try VersionTable.models(db, after: request.after, limit: limit + 1)
      let models = try names.prefix(limit).map { name in
        try Self.model(db, name, leases.list(model: name, at: now))
      }
      return Registry.ListModelsResponse(
        models: models, next: names.count > limit ? models.last?.name ?? "" : "")
    }
  }

  /// A model; its versions without files, card and signature, which `version` gives.
  package func model(_ name: String) async throws(RegistryError) -> Registry.Model {
    let live = leases.list(model: name, at: leases.now())
    return try await store.read { db in
      try Self.require(db, name)
      return try Self.model(db, name, live)
    }
  }

  /// - Parameter version: a number or an alias.
  package func version(
    model: String, version: String
  ) async throws(RegistryError) -> Registry.Version {
    try await store.read { db in
      try Self.require(db, model)
      let number = try Self.number(db, model: model, version: version)
      try VersionTable.require(db, model: model, number: number)
      guard let found = try VersionTable.version(db, model: model, number: number) else {
        throw RegistryError.missing("`\(model)` has no version \(number)")
      }
      return found
    }
  }

  /// What a worker verifies before it loads.
  package func evidence(
    _ request: Registry.GetEvidenceRequest
  ) async throws(RegistryError) -> Registry.Evidence {
    try await store.read { db in
      let (model, number) = (request.model, request.version)
      try VersionTable.require(db, model: model, number: number)
      guard let evidence = try VersionTable.evidence(db, model: model, number: number) else {
        throw RegistryError.missing("`\(model)` has no version \(number)")
      }
      return Registry.Evidence(
        model: model, version: number, manifestBundle: evidence.manifestBundle,
        approvals: try ApprovalTable.envelopes(db, model: model, version: number),
        files: try VersionTable.files(db, model: model, number: number))
    }
  }

  /// Bytes of an artifact, verified.
  ///
  /// - Throws: `corrupt` where the stored bytes are not those that came in.
  package func chunk(
    _ request: Registry.GetChunkRequest
  ) async throws(RegistryError) -> Registry.GetChunkResponse {
    guard let digest = ContentDigest(bytes: request.sha256) else {
      throw .invalid("`sha256` has \(request.sha256.count) bytes: expected 32")
    }
    guard request.byteCountMax > 0 else {
      throw .invalid("`byte_count_max` is 0: expected 1 to \(limits.chunkBytesMax)")
    }
    let entry = try await store.read { db in try ArtifactTable.entry(db, digest) }
    let content = try await artifacts.read(
      entry, offset: request.offset, count: min(Int(request.byteCountMax), limits.chunkBytesMax))
    return Registry.GetChunkResponse(content: content, byteCount: entry.byteCount)
  }

  /// Moves an alias to a version, or makes it.
  package func setAlias(
    _ request: Registry.SetAliasRequest, by author: Author
  ) async throws(RegistryError) -> Registry.Model {
    try NameRule.checkAlias(request.alias)
    try ReasonRule.check(request.reason, limits: limits)
    let (name, limits) = (request.model, limits)
    let live = leases.list(model: name, at: leases.now())
    let model: Registry.Model = try await store.change { db in
      try VersionTable.require(db, model: name, number: request.version)
      let before = try AliasTable.version(db, model: name, alias: request.alias)
      guard before != request.version else { return .unchanged(try Self.model(db, name, live)) }
      let count = try AliasTable.list(db, model: name).count
      guard before != nil || count < limits.aliasesMax else {
        throw RegistryError.exhausted("`\(name)` has \(count) aliases: move one of them")
      }
      try AliasTable.set(
        db, model: name, alias: Registry.Alias(name: request.alias, version: request.version))
      return .changed(
        try Self.model(db, name, live),
        RegistryChange(
          action: .aliasSet, author: author,
          subject: AuditReference(.alias, "\(name)/\(request.alias)"),
          before: before.map { ["version": .integer(Int64($0))] },
          after: ["version": .integer(Int64(request.version))], reason: request.reason))
    }
    board.post(model: name)
    return model
  }

  private static func require(_ db: Database, _ name: String) throws {
    guard try VersionTable.exists(db, model: name) else {
      throw RegistryError.missing(
        "model `\(NameRule.excerpt(name))` is not here: see `slipway model list`")
    }
  }

  private static func number(_ db: Database, model: String, version: String) throws -> UInt32 {
    if let number = UInt32(version) { return number }
    guard let number = try AliasTable.version(db, model: model, alias: version) else {
      throw RegistryError.missing(
        "`\(model)` has no alias `\(NameRule.excerpt(version))`: expected a number or an alias")
    }
    return number
  }

  private static func model(
    _ db: Database, _ name: String, _ leases: [Registry.Lease]
  ) throws -> Registry.Model {
    Registry.Model(
      name: name, versions: try VersionTable.summaries(db, model: name),
      aliases: try AliasTable.list(db, model: name),
      deployment: try DeploymentTable.current(db, model: name), leases: leases)
  }
}
