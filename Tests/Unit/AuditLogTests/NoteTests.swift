import Testing

@testable import AuditLog

struct NoteTests {
  private static let neumann = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
  private static let note =
    "If you think cryptography is the answer to your problem,\n"
    + "then you don't know what your problem is.\n\n"
    + "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"

  @Test func `the note of Go's checksum database verifies`() throws {
    let key = try NoteKey(Self.neumann)
    #expect(key.description == Self.neumann)
    let note = try SignedNote(Array(Self.note.utf8))
    #expect(try note.signers(among: [key]) == [key])
  }

  @Test func `no flipped byte of a note passes`() throws {
    let key = try NoteKey(Self.neumann)
    let bytes = Array(Self.note.utf8)
    for place in bytes.indices {
      var changed = bytes
      changed[place] ^= 1
      let signers = (try? SignedNote(changed)).flatMap { try? $0.signers(among: [key]) } ?? []
      #expect(signers.isEmpty, "byte \(place)")
    }
  }

  @Test func `a checkpoint is signed by its log and cosigned by a witness`() throws {
    let log = try NoteSigner(
      name: "example.com/log", kind: .signer, seed: .init(repeating: 1, count: 32))
    let witness = try NoteSigner(
      name: "witness.example", kind: .witness, seed: .init(repeating: 2, count: 32))
    var signed = try SignedCheckpoint(
      Checkpoint(origin: "example.com/log", size: 0, root: .empty), by: log)
    signed.note.add(try witness.sign(signed.note.text, time: 1_679_315_147))
    let read = try SignedCheckpoint(signed.bytes)
    #expect(read == signed)
    #expect(try read.verify(by: log.key, witnesses: [witness.key]) == [witness.key])
    #expect(try NoteKey(witness.key.description) == witness.key)
    let stranger = try NoteSigner(
      name: "example.com/log", kind: .signer, seed: .init(repeating: 3, count: 32))
    #expect(throws: NoteError.unsigned(expected: "`\(stranger.key)`")) {
      try read.verify(by: stranger.key)
    }
    // The time is signed too.
    let later = try witness.sign(signed.note.text, time: 5)
    var forged = Cosignature(bytes: later.bytes)
    forged = forged.map { Cosignature(time: 6, signature: $0.signature) }
    var note = signed.note
    note.add(
      NoteSignature(
        name: later.name, keyIdentifier: later.keyIdentifier, bytes: forged?.bytes ?? []))
    #expect(throws: NoteError.badSignature(name: "witness.example")) {
      try note.signers(among: [witness.key])
    }
  }

  @Test func `a proof is a text that comes back and holds for its entry only`() throws {
    let log = try NoteSigner(
      name: "example.com/log", kind: .signer, seed: .init(repeating: 1, count: 32))
    let leaves = ["a", "b", "c", "d", "e"].map { Array($0.utf8) }
    let hash = { (node: TreeNode) in
      NaiveTree.root(leaves[(node.index << node.height)..<(node.index + 1) << node.height])
    }
    let checkpoint = try SignedCheckpoint(
      Checkpoint(origin: "example.com/log", size: 5, root: NaiveTree(leaves).root), by: log)
    for (index, leaf) in leaves.enumerated() {
      let proof = LogProof(
        index: index, path: TreeProof.inclusion(of: index, size: 5, hash: hash),
        checkpoint: checkpoint, extra: index == 1 ? [1, 2] : nil)
      let bytes = Array(proof.description.utf8)
      #expect(try LogProof(bytes) == proof)
      #expect(try LogProof(bytes).verify(entry: leaf, key: log.key).isEmpty)
      #expect(throws: NoteError.self) { try proof.verify(entry: [0], key: log.key) }
    }
  }

  @Test(arguments: [
    "", "\n", "a\n", "a\n\n", "a\n\n\u{2014} b\n", "a\n\n\u{2014} b AAAA\n",
    "a\n\n\u{2014} b AAAAAA==\r\n",
    "a\n\n\u{2014} b+c AAAAAAA=\n", "a\n\n\u{2014} b AAAAAAB=\n", "a\n\n\u{2014} b AAAAAAA=",
  ])
  func `what is no note is refused`(text: String) {
    #expect(throws: NoteError.self) { try SignedNote(Array(text.utf8)) }
  }

  @Test(arguments: [
    "o\n1\n", "o\n-1\nh\n", "o\n01\nh\n", "o\n1\nAAAA\n", "\n1\nh\n",
    "o\n99999999999999999999\nh\n",
  ])
  func `what is no checkpoint is refused`(text: String) {
    let root = TreeHash.empty.description
    #expect(throws: NoteError.self) {
      try Checkpoint(text: text.replacing("h\n", with: "\(root)\n"))
    }
  }
}
