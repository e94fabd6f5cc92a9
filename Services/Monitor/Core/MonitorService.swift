import AuditLog
import Foundation
import Storage

/// The monitor: its store and its verbs, by noun.
package struct MonitorService: Sendable {
  package let records: RecordDesk
  package let summaries: SummaryDesk
  package let exports: ExportDesk
  package let baselines: BaselineDesk
  package let drifts: DriftDesk
  package let labels: LabelDesk
  package let quality: QualityDesk
  package let alerts: AlertDesk
  private let store: MonitorStore
  private let configuration: MonitorConfiguration

  /// Between two looks for what is too old.
  private static let sweepInterval: Duration = .seconds(600)
  /// Between two looks for what is due.
  private static let watchInterval: Duration = .seconds(1)
  /// What one transaction forgets.
  private static let sweptRowsMax = 5000
  private static let nanosecondsPerDay: Int64 = 86_400 * 1_000_000_000

  /// Opens the store in the folder, which exists.
  ///
  /// - Parameter now: wall time, nanoseconds since 1970.
  /// - Throws: `failed` with what makes the store unusable and its path.
  package static func open(
    _ configuration: MonitorConfiguration,
    now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1e9) }
  ) async throws(MonitorError) -> MonitorService {
    MonitorService(
      configuration,
      store: try await MonitorStore.open(
        path: "\(configuration.folder)/monitor.sqlite", now: now))
  }

  private init(_ configuration: MonitorConfiguration, store: MonitorStore) {
    let limits = configuration.limits
    self.configuration = configuration
    self.store = store
    records = RecordDesk(store: store, limits: limits)
    summaries = SummaryDesk(store: store)
    exports = ExportDesk(store: store, limits: limits)
    baselines = BaselineDesk(store: store, limits: limits)
    drifts = DriftDesk(store: store, limits: limits)
    labels = LabelDesk(store: store, limits: limits)
    quality = QualityDesk(store: store, limits: limits)
    alerts = AlertDesk(store: store, limits: limits, drifts: drifts)
  }

  /// Forgets what is too old until the task is cancelled.
  ///
  /// - Parameter report: told of what went wrong, once in a row.
  package func run(report: @Sendable (MonitorError) -> Void) async {
    var reported: MonitorError?
    repeat {
      do throws(MonitorError) {
        while try await sweep(), !Task.isCancelled {}
        reported = nil
      } catch {
        guard !Task.isCancelled else { return }
        if error != reported { report(error) }
        reported = error
      }
    } while (try? await Task.sleep(for: Self.sweepInterval)) != nil
  }

  /// Looks at what is watched until the task is cancelled.
  ///
  /// - Parameter report: told of what went wrong, once in a row.
  package func watch(report: @Sendable (MonitorError) -> Void) async {
    var reported: MonitorError?
    repeat {
      do throws(MonitorError) {
        try await alerts.lookAtDue()
        reported = nil
      } catch {
        guard !Task.isCancelled else { return }
        if error != reported { report(error) }
        reported = error
      }
    } while (try? await Task.sleep(for: Self.watchInterval)) != nil
  }

  /// Forgets a part of what is too old.
  ///
  /// - Returns: whether there may be more.
  func sweep() async throws(MonitorError) -> Bool {
    let now = store.now()
    let records = now - Int64(configuration.recordDays) * Self.nanosecondsPerDay
    let payloads = now - Int64(configuration.payloadDays) * Self.nanosecondsPerDay
    return try await store.keep { database in
      try RecordTable.forget(
        recordsBefore: records, payloadsBefore: max(records, payloads),
        rowsMax: Self.sweptRowsMax, in: database)
    }
  }

  /// Why it can't do its work, or `nil`.
  package func fault() async -> String? {
    do {
      _ = try await store.read { try Outbox().rowCount(in: $0) }
      return nil
    } catch {
      return "its store can't be read"
    }
  }

  /// Hands what happened to the transparency log until the task is cancelled.
  ///
  /// - Parameters:
  ///   - append: takes canonical bytes and returns when the log has them on disk.
  ///   - report: told of what keeps it, for the service's own log.
  package func drainOutbox(
    to append: @escaping @Sendable ([[UInt8]]) async throws -> Void,
    report: @Sendable (_ cause: String) -> Void
  ) async {
    await store.drainOutbox(to: append, report: report)
  }

  /// Changes that wait for the log, oldest first.
  func entries() async throws(MonitorError) -> [AuditEntry] {
    try await store.pendingEntries()
  }

  /// Closes the store. Nothing may follow.
  package func close() async throws(MonitorError) {
    try await store.close()
  }
}
