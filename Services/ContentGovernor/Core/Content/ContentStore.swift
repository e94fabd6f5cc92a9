import AuditLog
import GRDB
import Storage
import Trust

/// The database of content under review: rows and, in the same transactions, what the log is told of them.
///
/// Closures may run more than once and must have no effect outside the database.
struct ContentStore: Sendable {
  static let serviceName = "content-governor"

  /// The time of day.
  let now: @Sendable () -> Timestamp
  private let store: Store
  private let outbox = Outbox()
  private let refusalOutbox = Outbox(rowsMax: ContentLimits.refusalRowsMax)

  static func open(
    path: String, now: @escaping @Sendable () -> Timestamp
  ) async throws(ContentError) -> ContentStore {
    do {
      let store = try await Store.open(path: path, migrations: ContentSchema.migrations)
      // What is deleted or overwritten is gone from the file too: names wait in the outbox.
      try await store.write { try $0.execute(sql: "PRAGMA secure_delete = ON") }
      return ContentStore(now: now, store: store)
    } catch {
      throw .failed(cause: "\(error)")
    }
  }

  private init(now: @escaping @Sendable () -> Timestamp, store: Store) {
    self.now = now
    self.store = store
  }

  func read<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(ContentError) -> Value {
    do {
      return try await store.read(body)
    } catch {
      throw .translating(error)
    }
  }

  /// Runs a verb; when this returns, its rows and its entries for the log are on disk together.
  func change<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> (Value, [ContentChange])
  ) async throws(ContentError) -> Value {
    do {
      return try await store.write { [outbox, now] database in
        let (value, changes) = try body(database)
        for change in changes {
          try outbox.append(change.entry(at: now()), in: database)
        }
        return value
      }
    } catch {
      throw .translating(error)
    }
  }

  /// Tells the log of an act that was refused, as long as there is room for such.
  func report(_ refusal: ContentChange) async {
    _ = try? await store.write { [refusalOutbox, now] database in
      try refusalOutbox.append(refusal.entry(at: now()), in: database)
    }
  }

  /// Hands entries to the log until the task is cancelled.
  func drainOutbox(
    to append: @escaping OutboxDrain.Append, report: @Sendable (_ cause: String) -> Void
  ) async {
    await OutboxDrain(store: store, outbox: outbox, append: append).run(report: report)
  }

  /// Hands on what waits for the log now.
  func flushOutbox(to append: @escaping OutboxDrain.Append) async throws(ContentError) {
    let drain = OutboxDrain(store: store, outbox: outbox, append: append)
    do {
      while try await drain.step() > 0 {}
    } catch {
      throw .translating(error)
    }
  }

  /// Takes what was overwritten off the disk.
  func emptyLog() async throws(ContentError) {
    do {
      try await store.emptyLog()
    } catch {
      throw .translating(error)
    }
  }

  /// What waits for the log, oldest first.
  func pendingEntries() async throws(ContentError) -> [AuditEntry] {
    try await read { [outbox] database in try outbox.pending(in: database).map(\.entry) }
  }

  func close() async {
    try? await store.close()
  }
}
