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
  /// SQLite's own default: 4 MB.
  package static let walPagesMaxDefault = 1000

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
  ///
  /// - Parameter walPagesMax: how long the write-ahead log grows before its pages are moved into the
  ///   database; more is faster for who writes much, and takes as much longer to open after a crash.
  package static func open(
    path: String, migrations: [Migration], walPagesMax: Int = walPagesMaxDefault
  ) async throws(StorageError) -> Store {
    let result: Result<Store, StorageError> = await onBackgroundThread {
      do {
        return .success(
          try openBlocking(path: path, migrations: migrations, walPagesMax: walPagesMax))
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

  /// Runs `body` on the writer's thread after what waits there, in no transaction. For an owner that
  /// gathers many changes into its own commits; it must not follow ``close()``.
  package func onWriter(_ body: @escaping @Sendable (Database) -> Void) {
    pool.asyncWriteWithoutTransaction(body)
  }

  /// Moves every page of the write-ahead log into the database and empties it, so that nothing which was
  /// overwritten stays on disk. Where a reader keeps pages in use, it is done later by itself.
  package func emptyLog() async throws {
    try await withCheckedThrowingContinuation {
      (continuation: CheckedContinuation<Void, any Error>) in
      onWriter { database in
        continuation.resume(
          with: Result { _ = try database.checkpoint(.truncate) }.mapError(self.translating))
      }
    }
  }

  /// What an error of SQLite means for this store; see ``StorageError``.
  package func translating(_ error: any Error) -> any Error {
    StorageError.translating(error, path: path)
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

  private static func openBlocking(
    path: String, migrations: [Migration], walPagesMax: Int
  ) throws -> Store {
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
      try database.execute(sql: "PRAGMA wal_autocheckpoint = \(walPagesMax)")
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
