package import Storage

/// The content-governor: its store, opened. Nothing it is asked for yet but its health.
package struct ContentGovernorService: Sendable {
  private let store: Store

  /// Opens the store in `folder`, which exists.
  ///
  /// - Throws: what makes the store unusable, with its path.
  package static func open(folder: String) async throws(StorageError) -> ContentGovernorService {
    ContentGovernorService(
      store: try await Store.open(
        path: "\(folder)/content-governor.sqlite", migrations: [Outbox.migration(number: 1)]))
  }

  /// Why it can't do its work, or `nil`.
  package func fault() async -> String? {
    do {
      try await store.read { _ = try Outbox().rowCount(in: $0) }
      return nil
    } catch {
      return "its store can't be read"
    }
  }

  /// Closes the store. Nothing may follow.
  package func close() async throws(StorageError) {
    try await store.close()
  }
}
