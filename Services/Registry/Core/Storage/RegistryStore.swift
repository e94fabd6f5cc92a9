import AuditLog
import GRDB
import Storage
import Trust

/// The registry's database: rows and, in the same transactions, what the log is told of them.
///
/// Closures may run more than once and must have no effect outside the database. They throw
/// `RegistryError` for what they refuse; every other error becomes one here.
struct RegistryStore: Sendable {
  /// The time of day, for what is recorded.
  let now: @Sendable () -> Timestamp
  private let store: Store
  private let outbox: Outbox

  static func open(
    path: String, now: @escaping @Sendable () -> Timestamp
  ) async throws(RegistryError) -> RegistryStore {
    do throws(StorageError) {
      let store = try await Store.open(path: path, migrations: RegistrySchema.migrations)
      return RegistryStore(now: now, store: store, outbox: Outbox())
    } catch {
      throw .failed(cause: "\(error)")
    }
  }

  func read<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(RegistryError) -> Value {
    do {
      return try await store.read(body)
    } catch {
      throw Self.registryError(error)
    }
  }

  /// Runs a verb; when this returns, its rows and its entry for the log are on disk together.
  func change<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Outcome<Value>
  ) async throws(RegistryError) -> Value {
    do {
      return try await store.write { [outbox, now] db in
        switch try body(db) {
        case .unchanged(let value):
          return value
        case .changed(let value, let change):
          try outbox.append(change.entry(at: now()), in: db)
          return value
        }
      }
    } catch {
      throw Self.registryError(error)
    }
  }

  /// Notes how far something is that is no change of state yet: bytes of a push, its last sign of
  /// life.
  func keepBooks<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(RegistryError) -> Value {
    do {
      return try await store.write(body)
    } catch {
      throw Self.registryError(error)
    }
  }

  /// Hands entries to the log until the task is cancelled.
  func drainOutbox(
    to append: @escaping OutboxDrain.Append, report: @Sendable (_ cause: String) -> Void
  ) async {
    await OutboxDrain(store: store, outbox: outbox, append: append).run(report: report)
  }

  /// What waits for the log, oldest first.
  func pendingEntries() async throws(RegistryError) -> [AuditEntry] {
    try await read { [outbox] db in try outbox.pending(in: db).map(\.entry) }
  }

  func close() async throws(RegistryError) {
    do throws(StorageError) {
      try await store.close()
    } catch {
      throw .failed(cause: "\(error)")
    }
  }

  private static func registryError(_ error: any Error) -> RegistryError {
    switch error {
    case let error as RegistryError: error
    case StorageError.diskFull:
      .exhausted(
        "the registry's disk is full and nothing was changed: "
          + "free room on the disk of its state directory, then try again")
    case StorageError.outboxFull(let rowsMax):
      .exhausted(
        "\(rowsMax) changes wait for the log and nothing was changed: "
          + "bring up the log that takes them, then try again")
    case StorageError.overloaded, StorageError.busy:
      .exhausted("too many changes wait for the registry's disk: try again in a moment")
    default: .failed(cause: "\(error)")
    }
  }
}
