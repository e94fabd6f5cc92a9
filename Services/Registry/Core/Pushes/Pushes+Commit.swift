import AuditLog
package import Contracts
import Trust

/// The end of a push: its version.
extension Pushes {
  /// Makes the version. Committing what is a version already answers with that version.
  ///
  /// - Throws: `refused` while a file is not whole, `invalid` where card or signature are not as they
  ///   must be.
  package func commit(
    _ request: Registry.CommitPushRequest, by author: Author
  ) async throws(RegistryError) -> Registry.Version {
    let (push, pushFiles, existing) = try await store.read { db in
      let push = try Self.push(db, request.pushID, author)
      let existing =
        try push.committedVersion
        ?? VersionTable.number(db, model: push.model, manifestDigest: push.manifestDigest)
      return (push, try PushTable.files(db, push: push.id), existing)
    }
    if let existing {
      return try await commitAgain(push, as: existing)
    }
    let entries = pushFiles.map { file in
      Registry.FileEntry(path: file.path, byteCount: file.byteCount, sha256: file.digest.bytes)
    }
    let now = store.now()
    let (_, keyID) = try await trust().pushed(
      bundle: push.manifestBundle, model: push.model, files: entries.manifestFiles(), now: now)
    try await checkWhole(pushFiles)
    let card = try await content(ModelCard.path, pushFiles, push.id)
    let signature = try await content(SignatureDocument.path, pushFiles, push.id)
    try ModelCard.check(card, limits: limits)
    try SignatureDocument.check(signature, limits: limits)
    var probe: [UInt8] = []
    if pushFiles.contains(where: { $0.path == ProbeDocument.path }) {
      probe = try await content(ProbeDocument.path, pushFiles, push.id)
      try ProbeDocument.check(probe)
    }

    try await keep(pushFiles, push.id)
    let version = Registry.Version(
      model: push.model, manifestDigest: push.manifestDigest.bytes, files: entries,
      pushedBy: author.name, pusherKeyID: keyID, pushedAt: now.nanosecondsSinceEpoch,
      lineage: push.lineage, card: card, signature: signature, probe: probe)
    let stored = try await insert(version, push, pushFiles, author)
    try await uploads.abandon(push: push.id)
    board.post(model: push.model)
    return stored
  }

  private func commitAgain(
    _ push: PushTable.Push, as number: UInt32
  ) async throws(RegistryError) -> Registry.Version {
    try await uploads.abandon(push: push.id)
    let version = try await store.keepBooks { db in
      try PushTable.markCommitted(db, id: push.id, version: number)
      return try VersionTable.version(db, model: push.model, number: number)
    }
    guard let version else { throw .failed(cause: "a committed version is gone") }
    return version
  }

  private func checkWhole(_ files: [PushTable.File]) async throws(RegistryError) {
    let incomplete = try await store.read { db in
      try files.first { file in
        try file.blockDigests == nil && ArtifactTable.byteCount(db, file.digest) == nil
      }
    }
    if let incomplete {
      throw .refused(
        "file `\(incomplete.path)` is not whole: begin the push again to see how much is missing")
    }
  }

  private func content(
    _ path: String, _ files: [PushTable.File], _ push: String
  ) async throws(RegistryError) -> [UInt8] {
    guard let file = files.first(where: { $0.path == path }) else {
      throw .invalid("file `\(path)` is missing: every version has one")
    }
    let kept = try await store.read { db in
      try ArtifactTable.byteCount(db, file.digest).map { _ in
        try ArtifactTable.entry(db, file.digest)
      }
    }
    let entry =
      kept
      ?? file.blockDigests.map { digests in
        ArtifactStore.Entry(
          digest: file.digest, byteCount: file.byteCount, blockDigests: digests)
      }
    guard let entry else { throw .refused("file `\(path)` is not whole") }
    if kept == nil { try await keep([file], push) }
    return try await artifacts.read(entry, offset: 0, count: Int(entry.byteCount))
  }

  /// Gives the files their names under `artifacts`. If no version follows, they go with the push.
  private func keep(_ pushFiles: [PushTable.File], _ push: String) async throws(RegistryError) {
    let digests = Set(pushFiles.filter { $0.blockDigests != nil }.map(\.digest))
    let missing = try await store.read { db in
      try digests.filter { try ArtifactTable.byteCount(db, $0) == nil }
    }
    try await disk.run(key: push) { [files] () throws(RegistryError) in
      for digest in missing { try files.keep(push: push, digest) }
    }
  }

  private func insert(
    _ version: Registry.Version, _ push: PushTable.Push, _ files: [PushTable.File],
    _ author: Author
  ) async throws(RegistryError) -> Registry.Version {
    try await store.change { db in
      let model = version.model
      let number: UInt32
      let other = try VersionTable.number(
        db, model: model, manifestDigest: push.manifestDigest)
      if let other {
        number = other
      } else {
        for file in files {
          guard let blockDigests = file.blockDigests else { continue }
          try ArtifactTable.insert(
            db,
            ArtifactStore.Entry(
              digest: file.digest, byteCount: file.byteCount, blockDigests: blockDigests))
        }
        number = try VersionTable.insert(db, version, manifestBundle: push.manifestBundle)
      }
      try PushTable.markCommitted(db, id: push.id, version: number)
      guard let stored = try VersionTable.version(db, model: model, number: number) else {
        throw RegistryError.failed(cause: "an inserted version is gone")
      }
      guard other == nil else { return .unchanged(stored) }
      return .changed(
        stored,
        RegistryChange(
          action: .modelPush, author: author,
          subject: AuditReference(.version, "\(model)/\(number)"),
          after: [
            "manifest": .string("\(push.manifestDigest)"), "key": .string(version.pusherKeyID),
          ]))
    }
  }
}
