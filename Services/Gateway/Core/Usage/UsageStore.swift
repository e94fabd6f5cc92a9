import GRDB

/// Keeps usage by hour.
package struct UsageStore: Sendable {
  /// How long an hour's usage is kept: 400 days.
  package static let hoursKept: Int64 = 400 * 24
  private static let nanosecondsPerHour: Int64 = 3_600_000_000_000

  private let store: GatewayStore

  package init(store: GatewayStore) {
    self.store = store
  }

  /// Adds what was used since the last flush to the hour that it is now, all or nothing; on disk when
  /// this returns. What can't be written goes back to the meter and comes again with the next flush.
  package func flush(_ meter: UsageMeter) async throws(GatewayError) {
    let counts = meter.take()
    guard !counts.isEmpty else { return }
    let hour = Self.hour(store.now())
    do throws(GatewayError) {
      try await store.count { database in
        for (cell, count) in counts { try Self.add(count, to: cell, hour: hour, in: database) }
      }
    } catch {
      meter.giveBack(counts)
      throw error
    }
  }

  /// Forgets what is older than ``hoursKept``.
  package func prune() async throws(GatewayError) {
    let oldest = Self.hour(store.now()) - Self.hoursKept
    try await store.count { database in
      try database.execute(sql: "DELETE FROM usage WHERE hour < ?", arguments: [oldest])
    }
  }

  /// What was used, by key and model, most calls first.
  ///
  /// - Parameters:
  ///   - keyID: `nil` for every key.
  ///   - sinceNanoseconds: since 1970; the whole hour that holds it counts.
  package func rows(
    keyID: String?, sinceNanoseconds: Int64
  ) async throws(GatewayError) -> [UsageRow] {
    let hour = Self.hour(sinceNanoseconds)
    return try await store.read { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT usage.key_id, coalesce(api_key.principal, '') AS principal, usage.model,
            sum(requests) AS requests, sum(failures) AS failures, sum(refused) AS refused,
            sum(request_bytes) AS request_bytes, sum(response_bytes) AS response_bytes,
            cast(total(duration_nanoseconds) AS INTEGER) AS duration_nanoseconds
          FROM usage LEFT JOIN api_key ON api_key.id = usage.key_id
          WHERE usage.hour >= :hour AND (:key IS NULL OR usage.key_id = :key)
          GROUP BY usage.key_id, usage.model
          ORDER BY sum(requests) DESC, usage.key_id, usage.model
          LIMIT \(UsageRow.rowsMax)
          """,
        arguments: ["hour": hour, "key": keyID])
      return rows.map { UsageRow($0) }
    }
  }

  private static func add(
    _ count: UsageCount, to cell: UsageCell, hour: Int64, in database: Database
  ) throws {
    let statement = try database.cachedStatement(
      sql: """
        INSERT INTO usage VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (hour, key_id, model) DO UPDATE SET
          requests = requests + excluded.requests,
          failures = failures + excluded.failures,
          refused = refused + excluded.refused,
          request_bytes = request_bytes + excluded.request_bytes,
          response_bytes = response_bytes + excluded.response_bytes,
          duration_nanoseconds = duration_nanoseconds + excluded.duration_nanoseconds
        """)
    try statement.execute(arguments: [
      hour, cell.keyID, cell.model, Int64(clamping: count.requests),
      Int64(clamping: count.failures), Int64(clamping: count.refused),
      Int64(clamping: count.requestBytes), Int64(clamping: count.responseBytes),
      Int64(clamping: count.durationNanoseconds),
    ])
  }

  private static func hour(_ nanoseconds: Int64) -> Int64 { nanoseconds / nanosecondsPerHour }
}
