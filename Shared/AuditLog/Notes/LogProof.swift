/// That an entry is in a log, in one text that is checked offline (C2SP tlog-proof).
package struct LogProof: Sendable, Hashable, CustomStringConvertible {
  private static let head = "c2sp.org/tlog-proof@v1"

  package let index: Int
  package let path: [TreeHash]
  package let checkpoint: SignedCheckpoint
  /// What nobody vouches for; nil if there is none.
  package let extra: [UInt8]?

  package init(
    index: Int, path: [TreeHash], checkpoint: SignedCheckpoint, extra: [UInt8]? = nil
  ) {
    self.index = index
    self.path = path
    self.checkpoint = checkpoint
    self.extra = extra
  }

  /// Reads the text that `description` writes.
  package init(_ bytes: [UInt8]) throws(NoteError) {
    guard bytes.count <= 2 * SignedNote.bytesMax,
      let text = String(validating: bytes, as: UTF8.self)
    else { throw .malformed("expected a proof of at most \(2 * SignedNote.bytesMax) bytes") }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
    guard lines.popFirst() == Self.head[...] else {
      throw .malformed("expected a proof: its first line is `\(Self.head)`")
    }
    var extra: [UInt8]?
    if let line = lines.first, line.hasPrefix("extra ") {
      extra = Base64Text.decode(line.dropFirst(6))
      guard extra != nil else { throw .malformed("expected base64 after `extra`") }
      lines.removeFirst()
    }
    guard let line = lines.popFirst(), line.hasPrefix("index "), let index = Int(line.dropFirst(6)),
      index >= 0, String(index) == line.dropFirst(6)
    else { throw .malformed("expected a line `index N`") }
    var path: [TreeHash] = []
    while let line = lines.popFirst(), !line.isEmpty {
      guard path.count < TreeProof.hashesMax, let hash = TreeHash(base64: line) else {
        throw .malformed("expected a hash in base64, got `\(line.prefix(60))`")
      }
      path.append(hash)
    }
    self.init(
      index: index, path: path,
      checkpoint: try SignedCheckpoint(Array(lines.joined(separator: "\n").utf8)), extra: extra)
  }

  package var description: String {
    var lines = [Self.head]
    if let extra { lines.append("extra \(Base64Text.encode(extra))") }
    lines.append("index \(index)")
    lines += path.map(\.description)
    return lines.joined(separator: "\n") + "\n\n" + checkpoint.note.description
  }

  /// Checks that `entry` is in the log of this key; returns those of `witnesses` that cosigned.
  package func verify(
    entry: [UInt8], key: NoteKey, witnesses: [NoteKey] = []
  ) throws(NoteError) -> [NoteKey] {
    let cosigners = try checkpoint.verify(by: key, witnesses: witnesses)
    let root = TreeProof.root(
      of: .leaf(entry), at: index, size: checkpoint.checkpoint.size, path: path)
    guard root == checkpoint.checkpoint.root else {
      throw .malformed("the entry is not at \(index) in the log of the checkpoint")
    }
    return cosigners
  }
}
