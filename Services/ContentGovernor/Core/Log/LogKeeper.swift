package import AuditLog
import Crypto
import GRDB
import Storage
import Synchronization

/// The transparency log of everything that happened: appended by services, read and proven for auditors.
///
/// What ``append(_:)`` returns is on disk. `kill -9` at any moment loses none of it, and opening again
/// needs no repair.
package final class LogKeeper: Sendable {
  /// 64 MB: entries are written once and hardly read, so moving their pages seldom is what makes it fast.
  private static let walPagesMax = 16_384
  /// How long queries may lag where nobody asks.
  private static let indexInterval: Duration = .milliseconds(500)

  package let key: NoteKey
  private let store: Store
  private let writer: LogWriter
  private let book: PartyBook
  private let index: LogIndex
  private let reader = LogReader()
  private let signer: NoteSigner
  private let witnesses: [NoteKey]
  private let signed = Mutex<SignedCheckpoint?>(nil)

  /// Opens the log in `folder`, which exists, and makes its key at the first start.
  ///
  /// - Parameter witnesses: whose cosignatures are kept.
  package static func open(
    folder: String, witnesses: [NoteKey] = []
  ) async throws(LogError) -> LogKeeper {
    do {
      let store = try await Store.open(
        path: "\(folder)/log.sqlite", migrations: LogSchema.migrations, walPagesMax: walPagesMax)
      do {
        return try await LogKeeper(store: store, folder: folder, witnesses: witnesses)
      } catch {
        try? await store.close()
        throw error
      }
    } catch {
      throw .translating(error)
    }
  }

  private init(store: Store, folder: String, witnesses: [NoteKey]) async throws {
    try await store.write { try LogReader.prepare($0) }
    let (tree, lastID) = try await store.read { database in
      (
        try LogReader.tree(in: database),
        try Int64.fetchOne(database, sql: "SELECT max(id) FROM party") ?? 0
      )
    }
    signer = try LogSeed.load(path: "\(folder)/log.key", isNew: tree.size == 0)
    key = signer.key
    self.store = store
    self.witnesses = witnesses
    book = PartyBook(store: store, lastID: lastID)
    writer = LogWriter(store: store, book: book, tree: tree)
    index = LogIndex(store: store)
  }

  /// Entries that are on disk.
  package var size: Int { writer.tree.size }

  /// Keeps the index close to the entries, until the task is cancelled.
  ///
  /// - Parameter report: told of what went wrong, once in a row.
  package func run(report: @Sendable (LogError) -> Void) async {
    var reported: LogError?
    while (try? await Task.sleep(for: Self.indexInterval)) != nil {
      do {
        try await index.catchUp()
        reported = nil
      } catch {
        let error = LogError.translating(error)
        guard !Task.isCancelled else { return }
        if error != reported { report(error) }
        reported = error
      }
    }
  }

  /// Returns where each entry is, once all are on disk: all or none of those that were not there yet.
  package func append(_ entries: [AuditEntry]) async throws(LogError) -> [Int] {
    do {
      let names = entries.map { PreparedEntry.names(of: $0) }
      var parties = try await book.resolve(names.flatMap { $0 })[...]
      let prepared = try zip(entries, names).map { entry, names in
        defer { parties = parties.dropFirst(names.count) }
        return try PreparedEntry(entry, parties: Array(parties.prefix(names.count)))
      }
      return try await writer.append(prepared)
    } catch {
      throw .translating(error)
    }
  }

  /// The log as it is on disk, signed.
  package func checkpoint() throws(LogError) -> SignedCheckpoint {
    try checkpoint(of: writer.tree)
  }

  private func checkpoint(of tree: LogTree) throws(LogError) -> SignedCheckpoint {
    let checkpoint = Checkpoint(origin: key.name, size: tree.size, root: tree.root)
    if let signed = signed.withLock({ $0 }), signed.checkpoint == checkpoint { return signed }
    do throws(NoteError) {
      let signed = try SignedCheckpoint(checkpoint, by: signer)
      self.signed.withLock { $0 = signed }
      return signed
    } catch {
      throw .failed(cause: "\(error)")
    }
  }

  /// The proof that an entry is in the log of the newest checkpoint, and its leaf.
  package func proveInclusion(
    of place: Int
  ) async throws(LogError) -> (proof: LogProof, leaf: [UInt8]) {
    let tree = writer.tree
    guard 0..<tree.size ~= place else {
      throw .missing("expected an entry from 0 to \(tree.size - 1), the log has no entry \(place)")
    }
    let (path, leaf) = try await read { [reader] database in
      (
        try TreeProof.inclusion(of: place, size: tree.size) { node in
          try reader.hash(node, of: tree, in: database)
        },
        try LogReader.entries(place..<place + 1, in: database)[0].leaf
      )
    }
    return (
      LogProof(index: place, path: path, checkpoint: try checkpoint(of: tree)), leaf
    )
  }

  package func proveConsistency(
    from old: Int, to new: Int
  ) async throws(LogError) -> [TreeHash] {
    let tree = writer.tree
    guard 0...tree.size ~= new, 0...new ~= old else {
      throw .invalid("expected two sizes of this log, the smaller first, of at most \(tree.size)")
    }
    return try await read { [reader] database in
      try TreeProof.consistency(from: old, to: new) { node in
        try reader.hash(node, of: tree, in: database)
      }
    }
  }

  /// Bytes of a tile or bundle, as an export has them.
  package func tile(_ path: TilePath) async throws(LogError) -> [UInt8] {
    let tree = writer.tree
    var level = 0
    if case .hashes(let its) = path.kind { level = its }
    guard 0..<8 ~= level, 1...Tile.widthMax ~= path.width, path.index >= 0,
      path.index < (tree.size >> (Tile.height * level)) / Tile.widthMax + 1,
      path.index * Tile.widthMax + path.width <= tree.size >> (Tile.height * level)
    else { throw .missing("the log has no `\(path.text)`") }
    let first = path.index * Tile.widthMax
    return try await read { [reader] database in
      var bytes: [UInt8] = []
      switch path.kind {
      case .hashes(let level):
        for place in 0..<path.width {
          let node = TreeNode(height: Tile.height * level, index: first + place)
          try reader.hash(node, of: tree, in: database).append(to: &bytes)
        }
      case .entries:
        for entry in try LogReader.entries(first..<first + path.width, in: database) {
          EntryBundle.append(entry.leaf, to: &bytes)
        }
      case .records:
        for entry in try LogReader.entries(first..<first + path.width, in: database) {
          RecordBundle.append(try LogReader.record(of: entry, in: database), to: &bytes)
        }
      }
      return bytes
    }
  }

  /// A page of entries, and how many the log has.
  package func query(
    _ query: LogQuery
  ) async throws(LogError) -> (page: LogQuery.Page, size: Int) {
    let size = writer.tree.size
    do {
      try await index.catchUp()
      return (try await store.read { try query.page(in: $0) }, size)
    } catch {
      throw .translating(error)
    }
  }

  /// Finishes what waits and closes the files.
  package func close() async {
    writer.close()
    try? await store.close()
  }

  private func read<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(LogError) -> Value {
    do {
      return try await store.read(body)
    } catch {
      throw .translating(error)
    }
  }
}

// MARK: Witnesses and erasure

extension LogKeeper {
  /// Keeps a witness's signature of a checkpoint that this log signed, once everything about it was
  /// checked again.
  package func add(cosigned checkpoint: SignedCheckpoint) async throws(LogError) {
    let cosigners: [NoteKey]
    do throws(NoteError) {
      cosigners = try checkpoint.verify(by: key, witnesses: witnesses)
    } catch {
      throw .invalid("\(error)")
    }
    guard !cosigners.isEmpty else {
      throw .invalid("no witness that this log knows has signed: name its key in `witnesses`")
    }
    let tree = writer.tree
    let size = checkpoint.checkpoint.size
    guard size <= tree.size else { throw .invalid("the log has not \(size) entries yet") }
    do {
      try await store.write { [reader] database in
        let root = try TreeProof.head(size: size) {
          try reader.hash($0, of: tree, in: database)
        }
        guard root == checkpoint.checkpoint.root else {
          throw LogError.invalid("the log had another head when it had \(size) entries")
        }
        for witness in cosigners {
          try database.execute(
            sql: """
              INSERT INTO witnessed (witness, size, checkpoint) VALUES (?, ?, ?)
              ON CONFLICT (witness) DO UPDATE SET size = excluded.size,
                checkpoint = excluded.checkpoint WHERE excluded.size >= witnessed.size
              """,
            arguments: [witness.description, size, DatabaseValue(bytes: checkpoint.bytes)])
        }
      }
    } catch {
      throw .translating(error)
    }
  }

  /// The newest checkpoint that each witness cosigned.
  package func witnessed() async throws(LogError) -> [[UInt8]] {
    try await read { database in
      try Row.fetchAll(database, sql: "SELECT checkpoint FROM witnessed ORDER BY witness").map {
        $0.bytes(named: "checkpoint")
      }
    }
  }

  /// Destroys the secret of whoever is called so: names and records are gone, from the disk too, and every
  /// proof goes on verifying. The log is told of it first, without the name.
  ///
  /// - Returns: how many secrets were destroyed.
  package func erase(
    _ reference: AuditReference, by actor: AuditReference, reason: String, atMicroseconds now: Int64
  ) async throws(LogError) -> Int {
    let name = Party.Name(reference)
    guard let party = try await read({ try PartyBook.read([name], in: $0)[name] }) else { return 0 }
    do {
      _ = try await append([
        AuditEntry(
          occurredAtMicroseconds: now, service: "content-governor", kind: .partyErase, actor: actor,
          subject: AuditReference(.setting, "erased:\(party.pseudonym)"), reason: reason)
      ])
      try await store.write { database in
        try database.execute(sql: "PRAGMA secure_delete = ON")
        try database.execute(
          sql: "UPDATE party SET name = NULL, secret = NULL WHERE id = ?", arguments: [party.id])
      }
      book.erase(name)
      try await store.emptyLog()
    } catch {
      throw .translating(error)
    }
    return 1
  }
}
