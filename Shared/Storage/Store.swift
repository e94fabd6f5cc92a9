import Dispatch
import Foundation
package import GRDB

/// A service's SQLite database: WAL, `synchronous=FULL`, foreign keys enforced, its schema up to date.
///
/// A write is on disk when `write` returns. No call blocks a thread of the cooperative pool.
package final class Store: Sendable {
  /// How long to wait for another process's lock (a backup, a person with `sqlite3`).
  static let busyTimeoutSeconds = 5.0
  static let readersMax = 4

  package let path: String
  private let pool: DatabasePool
  private let writes: WriteQueue

  private init(path: String, pool: DatabasePool) {
    self.path = path
    self.pool = pool
    writes = WriteQueue(pool: pool, path: path)
  }

  /// Opens the database at `path`, whose folder exists; makes it with mode 0600 when there is none;
  /// applies the migrations that it has not seen.
  package static func open(
    path: String, migrations: [Migration]
  ) async throws(StorageError) -> Store {
    let result: Result<Store, StorageError> = await onBackgroundThread {
      do {
        return .success(try openBlocking(path: path, migrations: migrations))
      } catch {
        return .failure(.certain(error, path: path))
      }
    }
    return try result.get()
  }

  /// Runs `body` in a transaction and returns when it is durable. Waiting writes share a commit.
  ///
  /// `body` may run more than once, so it must have no effect outside the database. When it throws,
  /// its changes are undone and its error is thrown; a task's cancellation does not undo it.
  /// - Throws: what `body` throws; `StorageError` when the store is at fault.
  package func write<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    try await writes.write(body)
  }

  /// Runs `body` on a snapshot; it never waits for a write, nor a write for it.
  /// - Throws: what `body` throws; `StorageError` when the store is at fault.
  package func read<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    do {
      return try await pool.read(body)
    } catch {
      throw StorageError.translating(error, path: path)
    }
  }

  /// Finishes what waits and closes the files. Later calls are refused.
  package func close() async throws(StorageError) {
    writes.close()
    let error: StorageError? = await Self.onBackgroundThread { [pool, path] in
      do {
        try pool.close()
        return nil
      } catch {
        return .certain(error, path: path)
      }
    }
    if let error { throw error }
  }

  private static func openBlocking(path: String, migrations: [Migration]) throws -> Store {
    var configuration = Configuration()
    configuration.label = URL(fileURLWithPath: path).lastPathComponent
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(busyTimeoutSeconds)
    configuration.maximumReaderCount = readersMax
    if !FileManager.default.fileExists(atPath: path) {
      // SQLite gives its other files the mode of this one.
      _ = FileManager.default.createFile(
        atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
    }
    let pool = try DatabasePool(path: path, configuration: configuration)
    try pool.writeWithoutTransaction { database in
      // GRDB chooses NORMAL for WAL, which may lose the last commits when the power fails.
      try database.execute(sql: "PRAGMA synchronous = FULL")
      try Migrator(migrations, path: path).run(in: database)
    }
    return Store(path: path, pool: pool)
  }

  private static func onBackgroundThread<Value: Sendable>(
    _ work: @escaping @Sendable () -> Value
  ) async -> Value {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(returning: work()) }
    }
  }
}
