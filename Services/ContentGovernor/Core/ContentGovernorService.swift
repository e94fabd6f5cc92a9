import AuditLog
import Storage
import Trust

/// The content-governor: its stores and the transparency log, opened.
package struct ContentGovernorService: Sendable {
  package let log: LogKeeper
  package let policies: PolicyDesk
  package let content: ContentDesk
  private let store: Store

  /// Opens the stores in `folder`, which exists.
  ///
  /// - Parameter witnessFile: keys of witnesses, a line each; none where there is no such file.
  /// - Throws: what makes a store unusable, with its path.
  package static func open(
    folder: String, witnessFile: String
  ) async throws -> ContentGovernorService {
    let witnesses = try witnesses(in: witnessFile)
    let store = try await Store.open(
      path: "\(folder)/content-governor.sqlite", migrations: [Outbox.migration(number: 1)])
    do {
      let log = try await LogKeeper.open(folder: folder, witnesses: witnesses)
      let policies = try await PolicyDesk.open(folder: folder, log: log)
      return ContentGovernorService(
        log: log, policies: policies,
        content: try await ContentDesk.open(folder: folder, log: log, policy: policies),
        store: store)
    } catch {
      try? await store.close()
      throw error
    }
  }

  /// Why it can't do its work, or `nil`.
  package func fault() async -> String? {
    do {
      try await store.read { _ = try Outbox().rowCount(in: $0) }
    } catch {
      return "its store can't be read"
    }
    if let fault = await policies.fault() { return fault }
    return await content.fault()
  }

  /// Closes the stores. Nothing may follow.
  package func close() async {
    await content.close()
    await policies.close()
    await log.close()
    try? await store.close()
  }

  private static func witnesses(in path: String) throws -> [NoteKey] {
    let content: [UInt8]
    do throws(KeyError) {
      content = try KeyFile.read(path, exposure: .trusted)
    } catch {
      if case .fileMissing = error { return [] }
      throw error
    }
    let lines = String(decoding: content, as: UTF8.self).split(separator: "\n")
    return try lines.filter { !$0.hasPrefix("#") }.map { line in
      let key = try NoteKey(String(line))
      guard key.kind == .witness else {
        throw LogError.failed(cause: "`\(path)`: `\(key.name)` is no key of a witness")
      }
      return key
    }
  }
}
