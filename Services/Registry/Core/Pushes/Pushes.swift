import AuditLog
package import Contracts
import GRDB
import Trust

/// The verbs that bring a version in: begin, put chunks, commit.
///
/// Each may be repeated, after a lost answer or a crash of either side, and goes on where it was.
package struct Pushes: Sendable {
  let store: RegistryStore
  let uploads: UploadDesk
  let artifacts: ArtifactStore
  let files: ArtifactFiles
  let disk: DiskQueue
  let board: ChangeBoard
  let limits: RegistryLimits
  let trust: @Sendable () async throws(RegistryError) -> TrustDesk

  // MARK: Begin

  /// Starts or resumes a push, and says how much of each file is here.
  ///
  /// - Throws: `invalid` for what can never become a version, `refused` where the manifest's signature
  ///   does not count, `exhausted` where limits or the disk forbid it.
  package func begin(
    _ request: Registry.BeginPushRequest, by author: Author
  ) async throws(RegistryError) -> Registry.BeginPushResponse {
    try PushRule.check(request, limits: limits)
    let manifestFiles = try request.files.manifestFiles()
    let now = store.now()
    let (manifest, _) = try await trust().pushed(
      bundle: request.manifestBundle, model: request.model, files: manifestFiles, now: now)
    let push = PushTable.Push(
      id: PushRule.id(
        model: request.model, manifestDigest: manifest.digest, author: author),
      model: request.model, manifestDigest: manifest.digest,
      manifestBundle: request.manifestBundle, principal: author.name,
      lineage: request.lineage ?? Registry.Lineage(), touchedAt: now.nanosecondsSinceEpoch,
      committedVersion: nil)
    let files = zip(request.files, manifestFiles).map { entry, file in
      PushTable.File(
        path: file.path, digest: file.digest, byteCount: entry.byteCount, blockDigests: nil)
    }
    try await checkSpace(for: files, push: push.id)
    try await open(push, files, author)
    return Registry.BeginPushResponse(pushID: push.id, progress: try await progress(of: push.id))
  }

  /// Refuses before the first byte what the disk could not hold to the last.
  private func checkSpace(
    for files: [PushTable.File], push: String
  ) async throws(RegistryError) {
    let missing = try await store.read { db in
      try Set(files.map(\.digest)).filter { try ArtifactTable.byteCount(db, $0) == nil }
    }
    var needed: UInt64 = 0
    var seen: Set<ContentDigest> = []
    for file in files where missing.contains(file.digest) && seen.insert(file.digest).inserted {
      let stored = try await uploads.stored(UploadDesk.Key(push: push, digest: file.digest))
      needed += file.byteCount - min(stored, file.byteCount)
    }
    let free = try await freeBytes()
    guard needed == 0 || free >= needed + limits.diskReserveBytes else { throw Self.full(needed) }
  }

  private func freeBytes() async throws(RegistryError) -> UInt64 {
    try await disk.run(key: "free") { [files] () throws(RegistryError) in try files.freeBytes() }
  }

  private func open(
    _ push: PushTable.Push, _ files: [PushTable.File], _ author: Author
  ) async throws(RegistryError) {
    let limits = limits
    try await store.change { db in
      if try PushTable.push(db, id: push.id) != nil {
        try PushTable.touch(db, id: push.id, at: push.touchedAt)
        return .unchanged(())
      }
      if push.lineage.parentVersion > 0 {
        try VersionTable.require(db, model: push.model, number: push.lineage.parentVersion)
      }
      let open = try PushTable.openCounts(db, principal: push.principal)
      guard open.own < limits.pushesPerPrincipalMax, open.all < limits.pushesMax else {
        throw RegistryError.exhausted(
          "\(open.own) of your pushes and \(open.all) in all are open: expected fewer than "
            + "\(limits.pushesPerPrincipalMax) and \(limits.pushesMax); commit some, or wait until "
            + "they have lain still for \(limits.pushIdleMax)")
      }
      try PushTable.insert(db, push, files: files)
      return .changed(
        (),
        RegistryChange(
          action: .pushBegin, author: author, subject: AuditReference(.model, push.model),
          after: [
            "files": .integer(Int64(files.count)),
            "manifest": .string("\(push.manifestDigest)"),
          ]))
    }
  }

  private func progress(
    of push: String
  ) async throws(RegistryError) -> [Registry.BeginPushResponse.Progress] {
    var progress: [Registry.BeginPushResponse.Progress] = []
    var seen: Set<ContentDigest> = []
    let files = try await store.read { db in
      try PushTable.files(db, push: push).map { file in
        (file: file, isHere: try ArtifactTable.byteCount(db, file.digest) != nil)
      }
    }
    for (file, isHere) in files where seen.insert(file.digest).inserted {
      let stored = isHere ? file.byteCount : try await stored(file, push: push)
      progress.append(.init(sha256: file.digest.bytes, stored: stored))
    }
    return progress
  }

  private func stored(
    _ file: PushTable.File, push: String
  ) async throws(RegistryError) -> UInt64 {
    let key = UploadDesk.Key(push: push, digest: file.digest)
    if file.blockDigests != nil {
      let isThere = try await disk.run(key: push) { [files] () throws(RegistryError) in
        files.holds(push: push, file.digest)
      }
      guard !isThere else { return file.byteCount }
      try await store.keepBooks { db in
        try PushTable.markWhole(db, push: push, file.digest, blockDigests: nil)
      }
    }
    let stored = try await uploads.stored(key)
    guard stored >= file.byteCount else { return stored }
    // An empty file, or one whose last chunk came just before a crash.
    do throws(RegistryError) {
      return try await take([], at: file.byteCount, file, push: push)
    } catch .invalid {
      return 0
    }
  }

  // MARK: Chunks

  /// Appends bytes to a file; they are durable when this returns.
  ///
  /// - Throws: `conflict` where the chunk does not begin where the file ends; `invalid` where its
  ///   bytes are not the file's; `exhausted` where the disk is full, and then nothing of the push
  ///   stays.
  package func put(
    _ request: Registry.PutChunkRequest, by author: Author
  ) async throws(RegistryError) -> Registry.PutChunkResponse {
    guard request.content.count <= limits.chunkBytesMax else {
      throw .invalid(
        "the chunk has \(request.content.count) bytes: expected at most \(limits.chunkBytesMax)")
    }
    guard let digest = ContentDigest(bytes: request.sha256) else {
      throw .invalid("`sha256` has \(request.sha256.count) bytes: expected 32")
    }
    let now = store.now().nanosecondsSinceEpoch
    let (file, isHere) = try await store.read { db in
      let push = try Self.push(db, request.pushID, author)
      guard let file = try PushTable.file(db, push: push.id, digest) else {
        throw RegistryError.missing("the push has no file with the digest `\(digest)`")
      }
      let isHere = try ArtifactTable.byteCount(db, digest) != nil || file.blockDigests != nil
      return (file, isHere)
    }
    if isHere {
      _ = try ChunkPlan(
        stored: file.byteCount, total: file.byteCount, offset: request.offset,
        count: request.content.count)
      return Registry.PutChunkResponse(stored: file.byteCount)
    }
    let stored = try await take(
      request.content, at: request.offset, file, push: request.pushID)
    try await touch(request.pushID, now)
    return Registry.PutChunkResponse(stored: stored)
  }

  private func take(
    _ content: [UInt8], at offset: UInt64, _ file: PushTable.File, push: String
  ) async throws(RegistryError) -> UInt64 {
    let key = UploadDesk.Key(push: push, digest: file.digest)
    let receipt: UploadDesk.Receipt
    do throws(RegistryError) {
      let free = try await freeBytes()
      guard free >= UInt64(content.count) + limits.diskReserveBytes || content.isEmpty else {
        throw Self.full(file.byteCount)
      }
      receipt = try await uploads.take(content, at: offset, of: key, total: file.byteCount)
    } catch .exhausted {
      // What lies there unfinished would keep the disk full for everybody else.
      try await abandon(push, by: .registry, reason: "the disk is full")
      throw Self.full(file.byteCount)
    }
    if let blockDigests = receipt.blockDigests {
      try await store.keepBooks { db in
        try PushTable.markWhole(db, push: push, file.digest, blockDigests: blockDigests)
      }
    }
    return receipt.stored
  }

  private static func full(_ needed: UInt64) -> RegistryError {
    .exhausted(
      "the registry's disk is full: free \(needed) bytes and some room on the disk of its state "
        + "directory, then push again; nothing of this push was kept")
  }

  /// Once a minute is enough for a time limit of a day.
  private func touch(_ push: String, _ now: Int64) async throws(RegistryError) {
    let touchedAt = try await store.read { db in try PushTable.push(db, id: push)?.touchedAt }
    guard let touchedAt, now - touchedAt > 60_000_000_000 else { return }
    try await store.keepBooks { db in try PushTable.touch(db, id: push, at: now) }
  }

  static func push(
    _ db: Database, _ id: String, _ author: Author
  ) throws -> PushTable.Push {
    guard let push = try PushTable.push(db, id: id) else {
      throw RegistryError.missing("push `\(NameRule.excerpt(id))` is not open: begin it again")
    }
    guard push.principal == author.name else {
      throw RegistryError.forbidden(
        "push `\(id)` is `\(push.principal)`'s: only who began it goes on with it")
    }
    return push
  }
}
