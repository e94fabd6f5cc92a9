import AuditLog
import Trust

/// What becomes of pushes that never end.
extension Pushes {
  /// Removes pushes that nobody has touched for long, with what they uploaded.
  package func expire() async throws(RegistryError) {
    let limit = store.now().adding(.zero - limits.pushIdleMax).nanosecondsSinceEpoch
    let idle = try await store.read { db in try PushTable.idle(db, since: limit) }
    for push in idle {
      try await abandon(
        push, by: .registry, reason: "nobody has touched it for \(limits.pushIdleMax)")
    }
  }

  /// Removes what a crash may have left: uploads without a push, files without a version.
  ///
  /// To be called before the first verb.
  func sweep() async throws(RegistryError) {
    let (folders, artifacts) = try await disk.run(key: "sweep") {
      [files] () throws(RegistryError) in
      (try files.pushesWithUploads(), try files.artifactsOnDisk())
    }
    for folder in folders {
      let push = try await store.read { db in try PushTable.push(db, id: folder) }
      if push == nil || push?.committedVersion != nil { try await uploads.abandon(push: folder) }
    }
    try await sweep(artifacts)
  }

  private func sweep(_ digests: [ContentDigest]) async throws(RegistryError) {
    for digest in digests {
      let isWanted = try await store.read { db in try ArtifactTable.isWanted(db, digest) }
      guard !isWanted else { continue }
      try await disk.run(key: digest.hex) { [files] () throws(RegistryError) in
        try files.removeArtifact(digest)
      }
    }
  }

  func abandon(
    _ id: String, by author: Author, reason: String
  ) async throws(RegistryError) {
    try await uploads.abandon(push: id)
    let digests: [ContentDigest] = try await store.change { db in
      guard let push = try PushTable.push(db, id: id) else { return .unchanged([]) }
      let digests = try PushTable.files(db, push: id).map(\.digest)
      try PushTable.delete(db, id: id)
      guard push.committedVersion == nil else { return .unchanged([]) }
      return .changed(
        digests,
        RegistryChange(
          action: .pushAbandon, author: author, subject: AuditReference(.model, push.model),
          before: [
            "manifest": .string("\(push.manifestDigest)"), "principal": .string(push.principal),
          ], reason: reason))
    }
    try await sweep(digests)
  }
}
