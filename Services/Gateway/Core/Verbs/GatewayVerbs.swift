package import Contracts
package import Logging
package import RPC
import Trust

/// What the gateway's own methods do: contracts in, contracts out, every error a status.
///
/// Who may call which is decided before: the methods' descriptors name their roles.
package struct GatewayVerbs: Sendable {
  private let keys: KeyStore
  private let usage: UsageStore
  private let routes: RouteBook
  private let latency: LatencyRecorder
  private let now: @Sendable () -> Int64
  private let logger: Logger

  /// - Parameter now: wall time, nanoseconds since 1970.
  package init(
    keys: KeyStore, usage: UsageStore, routes: RouteBook, latency: LatencyRecorder,
    now: @escaping @Sendable () -> Int64, logger: Logger
  ) {
    self.keys = keys
    self.usage = usage
    self.routes = routes
    self.latency = latency
    self.now = now
    self.logger = logger
  }

  package func whoAmI(_ holder: KeyHolder) -> Gateway.WhoAmIResponse {
    let endsAt = holder.endsAtNanoseconds
    return Gateway.WhoAmIResponse(
      principal: holder.principal, keyID: holder.id, roles: holder.roles.sorted().map(\.rawValue),
      models: holder.models.names, expiresAt: endsAt == .max ? 0 : endsAt)
  }

  /// - Parameter principal: who asks; stands in the log.
  package func createKey(
    _ request: Gateway.CreateKeyRequest, by principal: String
  ) async throws(RPCError) -> Gateway.CreateKeyResponse {
    try await answering { () async throws(GatewayError) in
      let wanted = KeyRequest(
        principal: request.principal, roles: request.roles, models: request.models,
        limits: KeyLimits(request.limits), expiresAt: request.expiresAt.timeOrNever)
      return response(
        to: try await keys.create(wanted, by: .principal(principal), reason: request.reason))
    }
  }

  package func listKeys() async throws(RPCError) -> Gateway.ListKeysResponse {
    try await answering { () async throws(GatewayError) in
      let time = now()
      return Gateway.ListKeysResponse(
        keys: try await keys.list().map { Gateway.Key($0, nowNanoseconds: time) })
    }
  }

  package func expireKey(
    _ request: Gateway.ExpireKeyRequest, by principal: String
  ) async throws(RPCError) -> Gateway.Key {
    try await answering { () async throws(GatewayError) in
      let record = try await keys.expire(
        id: request.id, atNanoseconds: request.expiresAt.timeOrNever, by: .principal(principal),
        reason: request.reason)
      return Gateway.Key(record, nowNanoseconds: now())
    }
  }

  package func revokeKey(
    _ request: Gateway.RevokeKeyRequest, by principal: String
  ) async throws(RPCError) -> Gateway.Key {
    try await answering { () async throws(GatewayError) in
      let record = try await keys.revoke(
        id: request.id, by: .principal(principal), reason: request.reason)
      return Gateway.Key(record, nowNanoseconds: now())
    }
  }

  package func rotateKey(
    _ request: Gateway.RotateKeyRequest, by principal: String
  ) async throws(RPCError) -> Gateway.CreateKeyResponse {
    try await answering { () async throws(GatewayError) in
      response(
        to: try await keys.rotate(
          id: request.id, overlap: .seconds(Int64(clamping: request.overlapSeconds)),
          by: .principal(principal), reason: request.reason))
    }
  }

  /// What is on disk: the last second may be missing.
  package func getUsage(
    _ request: Gateway.GetUsageRequest
  ) async throws(RPCError) -> Gateway.GetUsageResponse {
    try await answering { () async throws(GatewayError) in
      let rows = try await usage.rows(
        keyID: request.keyID.isEmpty ? nil : request.keyID, sinceNanoseconds: request.since)
      return Gateway.GetUsageResponse(usage: rows.map { Gateway.Usage($0) })
    }
  }

  /// The part of the status that this process measures itself, by model and version.
  package func latencySummaries() -> [Gateway.LatencySummary] {
    let names = routes.versionNames
    return latency.snapshot()
      .compactMap { slot, counts in
        names[slot].map { Gateway.LatencySummary($0, counts) }
      }
      .sorted { ($0.model, $0.version) < ($1.model, $1.version) }
  }

  private func response(to issued: KeyStore.Issued) -> Gateway.CreateKeyResponse {
    Gateway.CreateKeyResponse(
      key: Gateway.Key(issued.record, nowNanoseconds: now()), secret: issued.key.text)
  }

  /// The one place where the gateway's errors become statuses.
  private func answering<Answer>(
    _ verb: () async throws(GatewayError) -> Answer
  ) async throws(RPCError) -> Answer {
    do throws(GatewayError) {
      return try await verb()
    } catch {
      throw error.rpcError(logger: logger)
    }
  }
}

extension Int64 {
  /// A time as contracts carry it, where 0 is never.
  fileprivate var timeOrNever: Int64? { self == 0 ? nil : self }
}
