import AuditLog
package import ContentPolicy
package import Trust

/// Content under review: its store and its verbs, by noun.
package struct ContentDesk: Sendable {
  package let items: Items
  package let workflows: Workflows
  package let templates: Templates
  package let subjects: Subjects
  private let store: ContentStore
  private let log: LogKeeper

  /// Opens the store in `folder`, which exists.
  package static func open(
    folder: String, log: LogKeeper, policy: any PolicyChecking,
    now: @escaping @Sendable () -> Timestamp = { .now() }
  ) async throws(ContentError) -> ContentDesk {
    let store = try await ContentStore.open(path: "\(folder)/content.sqlite", now: now)
    return ContentDesk(
      items: Items(store: store, check: ContentCheck(policy: policy)),
      workflows: Workflows(store: store), templates: Templates(store: store),
      subjects: Subjects(store: store, log: log), store: store, log: log)
  }

  /// Writes down what time does, and hands everything that happened to the log, until the task is
  /// cancelled.
  ///
  /// - Parameter report: told of what went wrong, for the service's own log, once in a row.
  package func run(report: @escaping @Sendable (_ cause: String) -> Void) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { [store, log] in
        await store.drainOutbox(
          to: { entries in
            _ = try await log.append(entries.map { try AuditEntry(canonicalBytes: $0) })
          }, report: report)
      }
      group.addTask { await keepTime(report: report) }
    }
  }

  /// Why it can't do its work, or nil.
  func fault() async -> String? {
    do throws(ContentError) {
      _ = try await store.pendingEntries()
      return nil
    } catch {
      return "the store of content can't be read"
    }
  }

  /// What waits for the log, oldest first.
  func pendingEntries() async throws(ContentError) -> [AuditEntry] {
    try await store.pendingEntries()
  }

  func close() async {
    await store.close()
  }

  /// Between two looks at the clock: how long a deadline may lie back before it is written down. Nobody can
  /// decide or fetch anything meanwhile: every verb looks at the clock too.
  private static let turn: Duration = .milliseconds(500)

  private func keepTime(report: @Sendable (_ cause: String) -> Void) async {
    var reported = ""
    while (try? await Task.sleep(for: Self.turn)) != nil {
      do throws(ContentError) {
        try await items.settleDue()
        reported = ""
      } catch {
        guard !Task.isCancelled else { return }
        if "\(error)" != reported { report("\(error)") }
        reported = "\(error)"
      }
    }
  }
}
