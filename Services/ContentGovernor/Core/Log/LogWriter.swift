import AuditLog
import GRDB
import Storage
import Synchronization

/// Takes entries from many callers and commits those that wait together: one fsync for all of them. No
/// caller is answered before its entries are on disk.
///
/// A commit that fails fails its callers, and nothing of it stays: the tree is read from disk again.
final class LogWriter: Sendable {
  /// Bound how long the first of a commit waits for the last, and how long a segment gets.
  static let commitEntriesMax = 4096
  static let commitBytesMax = 4 << 20
  /// More than this many waiting bytes are better told to come back.
  static let pendingBytesMax = 64 << 20

  private struct Job: Sendable {
    let entries: [PreparedEntry]
    let byteCount: Int
    let answer: @Sendable (Result<[Int], any Error>) -> Void
  }

  private struct State {
    var pending: [Job] = []
    var pendingBytes = 0
    var isDraining = false
    var isClosed = false
    /// What is on disk.
    var tree: LogTree
    /// Whether the tree may differ from what is on disk.
    var isTreeStale = false
  }

  private let store: Store
  private let book: PartyBook
  private let state: Mutex<State>

  init(store: Store, book: PartyBook, tree: LogTree) {
    self.store = store
    self.book = book
    state = Mutex(State(tree: tree))
  }

  /// The tree that is on disk.
  var tree: LogTree { state.withLock { $0.tree } }

  /// Returns the place of each entry when all are on disk. One that the log has already keeps its place.
  func append(_ entries: [PreparedEntry]) async throws -> [Int] {
    try await withCheckedThrowingContinuation { continuation in
      enqueue(
        Job(
          entries: entries, byteCount: entries.reduce(0) { $0 + $1.byteCount },
          answer: { continuation.resume(with: $0) }))
    }
  }

  /// From now on every entry is refused; those that wait are still written.
  func close() {
    state.withLock { $0.isClosed = true }
  }

  private func enqueue(_ job: Job) {
    let (refusal, mustStart) = state.withLock { state -> (StorageError?, Bool) in
      if state.isClosed { return (.closed(path: store.path), false) }
      guard state.pendingBytes == 0 || state.pendingBytes + job.byteCount <= Self.pendingBytesMax
      else { return (.overloaded(path: store.path), false) }
      state.pending.append(job)
      state.pendingBytes += job.byteCount
      defer { state.isDraining = true }
      return (nil, !state.isDraining)
    }
    if let refusal { job.answer(.failure(refusal)) }
    if mustStart { store.onWriter { self.drain($0) } }
  }

  private func drain(_ database: Database) {
    while let jobs = nextJobs() {
      let results = commit(jobs, in: database)
      for (job, result) in zip(jobs, results) { job.answer(result) }
    }
  }

  private func nextJobs() -> [Job]? {
    state.withLock { state in
      guard !state.pending.isEmpty else {
        state.isDraining = false
        return nil
      }
      var (count, entries, bytes) = (0, 0, 0)
      for job in state.pending {
        entries += job.entries.count
        bytes += job.byteCount
        guard count == 0 || entries <= Self.commitEntriesMax && bytes <= Self.commitBytesMax else {
          break
        }
        count += 1
      }
      let jobs = Array(state.pending.prefix(count))
      state.pending.removeFirst(count)
      state.pendingBytes -= jobs.reduce(0) { $0 + $1.byteCount }
      return jobs
    }
  }

  private func commit(_ jobs: [Job], in database: Database) -> [Result<[Int], any Error>] {
    do {
      var tree = try currentTree(database)
      var places: [[Int]] = []
      var names: [Party.Name] = []
      try database.inTransaction(.immediate) {
        names = try book.write(in: database)
        places = try write(jobs, tree: &tree, in: database)
        return .commit
      }
      book.settle(names)
      state.withLock { $0.tree = tree }
      return places.map { .success($0) }
    } catch {
      state.withLock { $0.isTreeStale = true }
      let error = store.translating(error)
      return jobs.map { _ in .failure(error) }
    }
  }

  private func currentTree(_ database: Database) throws -> LogTree {
    let (tree, isStale) = state.withLock { ($0.tree, $0.isTreeStale) }
    guard isStale else { return tree }
    let fresh = try LogReader.tree(in: database)
    state.withLock { state in
      state.tree = fresh
      state.isTreeStale = false
    }
    return fresh
  }

  private func write(
    _ jobs: [Job], tree: inout LogTree, in database: Database
  ) throws -> [[Int]] {
    let first = tree.size
    var (leaves, records): ([UInt8], [UInt8]) = ([], [])
    var full: [Tile] = []
    let insert = try database.cachedStatement(
      sql: "INSERT OR IGNORE INTO identifier (id, idx) VALUES (?, ?)")
    let places = try jobs.map { job in
      try job.entries.map { entry in
        try insert.execute(arguments: [DatabaseValue(bytes: entry.identifier), tree.size])
        guard database.changesCount == 1 else {
          return try Self.place(of: entry.identifier, in: database)
        }
        EntryBundle.append(entry.leaf, to: &leaves)
        LogSegment.append(entry.beside, to: &records)
        tree.append(entry.leafHash, full: &full)
        return tree.size - 1
      }
    }
    guard tree.size > first else { return places }
    try database.cachedStatement(
      sql: "INSERT INTO segment (first, leaves, records) VALUES (?, ?, ?)"
    ).execute(arguments: [first, DatabaseValue(bytes: leaves), DatabaseValue(bytes: records)])
    for tile in full {
      try database.cachedStatement(
        sql: "INSERT INTO tile (level, idx, hashes) VALUES (?, ?, ?)"
      ).execute(arguments: [tile.level, tile.index, DatabaseValue(bytes: tile.bytes)])
    }
    try database.cachedStatement(sql: "UPDATE head SET size = ?, root = ? WHERE id = 1")
      .execute(arguments: [tree.size, DatabaseValue(bytes: tree.root.bytes)])
    return places
  }

  private static func place(of identifier: [UInt8], in database: Database) throws -> Int {
    let place = try Int.fetchOne(
      database.cachedStatement(sql: "SELECT idx FROM identifier WHERE id = ?"),
      arguments: [DatabaseValue(bytes: identifier)])
    guard let place else { throw LogError.failed(cause: "an entry's identifier is nowhere") }
    return place
  }
}
