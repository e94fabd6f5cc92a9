internal import ArgumentParser
internal import AuditLog
internal import Contracts
internal import Foundation
internal import Trust

struct AuditCheckpoint: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkpoint", abstract: "Show the log's signed head, and keep it.",
    discussion: """
      With --keep, the file's checkpoint must be the beginning of the log, which is proven, before the \
      newer one takes its place: so whoever runs this now and then finds a log that was rewritten or \
      rolled back. The first time, the log's key is written beside it (FILE.vkey) and believed from then \
      on. With --cosign the checkpoint is signed as a witness and handed back to the log.
      """)

  @OptionGroup var connection: ConnectionOptions
  @Option(help: "File to keep the checkpoint in.", completion: .file())
  var keep: String?
  @Option(
    help: ArgumentHelp("Key of a witness to sign with; needs --keep.", valueName: "file"),
    completion: .file())
  var cosign: String?

  func run() async throws {
    guard cosign == nil || keep != nil else {
      throw ToolError(.usage, "a witness keeps what it has signed: say --keep FILE too")
    }
    let session = try await connection.session()
    let answer = try await session.call(
      TransparencyLog.API.getCheckpoint, TransparencyLog.GetCheckpointRequest())
    let read: () throws(NoteError) -> SignedCheckpoint = { () throws(NoteError) in
      try SignedCheckpoint(answer.checkpoint)
    }
    var newest = try ToolError.reading("the log's checkpoint", read)
    if let keep {
      try await check(newest, key: answer.key, against: keep, session)
      if let cosign { newest = try await sign(newest, with: cosign, session) }
      try AuditFolder.write(newest.bytes, toFile: keep)
    }
    guard !connection.json else {
      return session.present(
        CheckpointView(
          entries: newest.checkpoint.size, head: newest.checkpoint.root.description,
          key: answer.key))
    }
    session.context.output.write(newest.note.description)
    session.note("the log's key: \(answer.key)")
  }

  /// Holds the newest checkpoint against the one that was kept, and believes its key the first time only.
  private func check(
    _ newest: SignedCheckpoint, key: String, against path: String, _ session: Session
  ) async throws {
    let keyPath = path + ".vkey"
    guard FileManager.default.fileExists(atPath: path) else {
      try verify(newest, by: try AuditKeys.key(key))
      return try AuditFolder.write(Array("\(key)\n".utf8), toFile: keyPath)
    }
    let pinned = try AuditKeys.key("@\(keyPath)")
    try verify(newest, by: pinned)
    let bytes = try AuditFolder.content(of: path)
    let kept = try ToolError.reading("`\(path)`") { () throws(NoteError) in
      try SignedCheckpoint(bytes)
    }
    try verify(kept, by: pinned)
    let (old, new) = (kept.checkpoint, newest.checkpoint)
    guard old.size <= new.size else {
      throw ToolError(
        .refused, "\(LogFault.rolledBack(size: new.size, kept: old.size))",
        advice: "keep `\(path)`: it is your proof")
    }
    let answer = try await session.call(
      TransparencyLog.API.proveConsistency,
      TransparencyLog.ProveConsistencyRequest(
        oldSize: UInt64(old.size), newSize: UInt64(new.size)))
    let hashes = answer.hashes.compactMap { TreeHash(bytes: $0) }
    guard
      hashes.count == answer.hashes.count,
      TreeProof.isConsistent(
        old: old.size, oldRoot: old.root, new: new.size, newRoot: new.root, path: hashes)
    else {
      throw ToolError(
        .refused, "\(LogFault.rewritten(kept: old.size))",
        advice: "keep `\(path)`: it is your proof")
    }
  }

  private func verify(_ checkpoint: SignedCheckpoint, by key: NoteKey) throws(ToolError) {
    do throws(NoteError) {
      _ = try checkpoint.verify(by: key)
    } catch {
      throw ToolError(.refused, "the log's checkpoint: \(error)")
    }
  }

  private func sign(
    _ checkpoint: SignedCheckpoint, with path: String, _ session: Session
  ) async throws -> SignedCheckpoint {
    let witness = try AuditWitness.signer(in: path)
    let time = UInt64(max(0, session.context.now().millisecondsSinceEpoch / 1000))
    var cosigned = checkpoint
    cosigned.note.add(
      try ToolError.reading("the checkpoint") { () throws(NoteError) in
        try witness.sign(checkpoint.note.text, time: time)
      })
    _ = try await session.call(
      TransparencyLog.API.addCosignature,
      TransparencyLog.AddCosignatureRequest(checkpoint: cosigned.bytes))
    return cosigned
  }
}

private struct CheckpointView: PresentableRow {
  static let columns = ["ENTRIES", "HEAD", "KEY"]
  var entries: Int
  var head: String
  var key: String
  var row: [String] { ["\(entries)", head, key] }
}
