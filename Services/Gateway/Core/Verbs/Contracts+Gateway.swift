import Contracts

extension KeyLimits {
  init(_ limits: Gateway.Limits?) {
    self.init(
      requestsPerSecond: limits?.requestsPerSecond ?? 0, inFlightMax: limits?.inFlightMax ?? 0)
  }
}

extension Gateway.Key {
  init(_ record: KeyRecord, nowNanoseconds: Int64) {
    self.init(
      id: record.id, principal: record.principal, roles: record.roles.sorted().map(\.rawValue),
      models: record.models.names,
      limits: Gateway.Limits(
        requestsPerSecond: record.limits.requestsPerSecond, inFlightMax: record.limits.inFlightMax),
      expiresAt: record.expiresAt ?? 0, createdAt: record.createdAt, createdBy: record.createdBy,
      revokedAt: record.revokedAt ?? 0, replacedBy: record.replacedBy ?? "",
      state: record.state(nowNanoseconds: nowNanoseconds).rawValue)
  }
}

extension Gateway.Usage {
  init(_ row: UsageRow) {
    self.init(
      keyID: row.keyID, principal: row.principal, model: row.model, requests: row.count.requests,
      failures: row.count.failures, refused: row.count.refused,
      requestBytes: row.count.requestBytes, responseBytes: row.count.responseBytes,
      durationNanoseconds: row.count.durationNanoseconds)
  }
}

extension Gateway.LatencySummary {
  init(_ name: VersionName, _ counts: VersionCounts) {
    self.init(
      model: name.model, version: name.version, requests: counts.requests,
      failures: counts.failures, p50: counts.latency.quantile(0.5),
      p99: counts.latency.quantile(0.99))
  }
}
