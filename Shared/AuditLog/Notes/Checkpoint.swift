/// What a log says of itself: its name, its size and its head (C2SP tlog-checkpoint).
package struct Checkpoint: Sendable, Hashable {
  package let origin: String
  package let size: Int
  package let root: TreeHash

  package init(origin: String, size: Int, root: TreeHash) {
    self.origin = origin
    self.size = size
    self.root = root
  }

  /// Reads the text of a note; lines after the third are allowed.
  package init(text: String) throws(NoteError) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count >= 4, lines.last == "", !lines[0].isEmpty,
      !lines.dropLast().contains(where: \.isEmpty)
    else { throw .malformed("expected a checkpoint: a name, a size and a hash, a line each") }
    guard let size = Int(lines[1]), size >= 0, String(size) == lines[1] else {
      throw .malformed("expected the size of a log, got `\(lines[1].prefix(40))`")
    }
    guard let root = TreeHash(base64: lines[2]) else {
      throw .malformed("expected the head of a log in base64, got `\(lines[2].prefix(60))`")
    }
    self.init(origin: String(lines[0]), size: size, root: root)
  }

  package var text: String { "\(origin)\n\(size)\n\(root)\n" }
}

/// A checkpoint as it came, with its signatures.
package struct SignedCheckpoint: Sendable, Hashable {
  package var note: SignedNote
  package let checkpoint: Checkpoint

  package init(_ bytes: [UInt8]) throws(NoteError) {
    note = try SignedNote(bytes)
    checkpoint = try Checkpoint(text: note.text)
  }

  package init(_ checkpoint: Checkpoint, by signer: NoteSigner) throws(NoteError) {
    self.checkpoint = checkpoint
    note = SignedNote(text: checkpoint.text, signatures: [try signer.sign(checkpoint.text)])
  }

  package var bytes: [UInt8] { Array(note.description.utf8) }

  /// Checks that the log's key signed it; returns those of `witnesses` that did too.
  package func verify(by key: NoteKey, witnesses: [NoteKey] = []) throws(NoteError) -> [NoteKey] {
    let signers = try note.signers(among: [key] + witnesses)
    guard signers.contains(key), key.kind == .signer else {
      throw .unsigned(expected: "`\(key)`")
    }
    guard checkpoint.origin == key.name else {
      throw .malformed(
        "the checkpoint is of the log `\(checkpoint.origin)`, the key of `\(key.name)`")
    }
    return signers.filter { $0.kind == .witness }
  }
}
