import AuditLog
import GRDB
package import Storage

/// The gateway's database: rows and, in the same transactions, what the log is told of them.
///
/// Closures may run more than once and must have no effect outside the database.
package struct GatewayStore: Sendable {
  static let serviceName = "gateway"
  /// Entries that may wait before refused sign-ins are no longer added: a stranger's knocking must not
  /// use up the room that changes need.
  static let refusalRowsMax = Outbox.rowsMaxDefault / 5

  /// Wall time, nanoseconds since 1970.
  let now: @Sendable () -> Int64
  private let store: Store
  private let outbox = Outbox()
  private let refusalOutbox = Outbox(rowsMax: Self.refusalRowsMax)

  package static func open(
    path: String, now: @escaping @Sendable () -> Int64
  ) async throws(GatewayError) -> GatewayStore {
    do throws(StorageError) {
      let store = try await Store.open(path: path, migrations: GatewaySchema.migrations)
      return GatewayStore(store: store, now: now)
    } catch {
      throw .failed(cause: "\(error)")
    }
  }

  private init(store: Store, now: @escaping @Sendable () -> Int64) {
    self.store = store
    self.now = now
  }

  func read<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(GatewayError) -> Value {
    do {
      return try await store.read(body)
    } catch {
      throw .translating(error)
    }
  }

  /// Runs a verb; when this returns, its rows and its entry for the log are on disk together.
  func change<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Outcome<Value>
  ) async throws(GatewayError) -> Value {
    do {
      return try await store.write { [outbox, now] database in
        switch try body(database) {
        case .unchanged(let value): return value
        case .changed(let value, let change):
          try outbox.append(change.entry(atNanoseconds: now()), in: database)
          return value
        }
      }
    } catch {
      throw .translating(error)
    }
  }

  /// Writes counts, which are no change of state.
  func count(_ body: @escaping @Sendable (Database) throws -> Void) async throws(GatewayError) {
    do {
      try await store.write(body)
    } catch {
      throw .translating(error)
    }
  }

  /// Tells the log of refused sign-ins, all or none.
  ///
  /// - Throws: `exhausted` also where only their own quota is used up.
  func report(_ refusals: [AuditedChange]) async throws(GatewayError) {
    do {
      try await store.write { [refusalOutbox, now] database in
        for refusal in refusals {
          try refusalOutbox.append(refusal.entry(atNanoseconds: now()), in: database)
        }
      }
    } catch {
      throw .translating(error)
    }
  }

  /// Hands entries to the log until the task is cancelled.
  func drainOutbox(
    to append: @escaping OutboxDrain.Append, report: @Sendable (_ cause: String) -> Void
  ) async {
    await OutboxDrain(store: store, outbox: outbox, append: append).run(report: report)
  }

  /// What waits for the log, oldest first.
  package func pendingEntries() async throws(GatewayError) -> [OutboxRow] {
    try await read { [outbox] database in try outbox.pending(in: database) }
  }

  /// Finishes what waits; later calls are refused.
  package func close() async throws(GatewayError) {
    do throws(StorageError) {
      try await store.close()
    } catch {
      throw .failed(cause: "\(error)")
    }
  }
}
