import AuditLog
import Contracts
package import RPC

/// Puts the log behind the methods of `log.proto`. Who may call what stands in their descriptors.
package struct LogAPI: Sendable {
  /// Entries of one call, so that no caller fills the queue alone.
  private static let appendMax = 4096

  private let log: LogKeeper
  private let nowMicroseconds: @Sendable () -> Int64
  private let report: @Sendable (LogError, CallContext) -> Void

  /// - Parameters:
  ///   - nowMicroseconds: wall time, since 1970.
  ///   - report: told of failures that are the log's own.
  package init(
    _ log: LogKeeper, nowMicroseconds: @escaping @Sendable () -> Int64,
    report: @escaping @Sendable (LogError, CallContext) -> Void
  ) {
    self.log = log
    self.nowMicroseconds = nowMicroseconds
    self.report = report
  }

  package func register(on router: inout Router) {
    unary(TransparencyLog.API.append, on: &router) { [self] request, context throws(LogError) in
      try await append(request, context)
    }
    unary(TransparencyLog.API.getCheckpoint, on: &router) { [self] _, _ throws(LogError) in
      try await checkpoint()
    }
    unary(TransparencyLog.API.addCosignature, on: &router) { [self] request, _ throws(LogError) in
      try await log.add(cosigned: try Self.note(request.checkpoint))
      return try await checkpoint()
    }
    unary(TransparencyLog.API.proveInclusion, on: &router) { [self] request, _ throws(LogError) in
      let (proof, leaf) = try await log.proveInclusion(of: Int(clamping: request.index))
      return TransparencyLog.ProveInclusionResponse(
        proof: Array(proof.description.utf8), leaf: leaf)
    }
    unary(TransparencyLog.API.proveConsistency, on: &router) { [self] request, _ throws(LogError) in
      let hashes = try await log.proveConsistency(
        from: Int(clamping: request.oldSize), to: Int(clamping: request.newSize))
      return TransparencyLog.ProveConsistencyResponse(hashes: hashes.map(\.bytes))
    }
    unary(TransparencyLog.API.readTile, on: &router) { [self] request, _ throws(LogError) in
      TransparencyLog.ReadTileResponse(content: try await log.tile(try Self.path(request)))
    }
    unary(TransparencyLog.API.query, on: &router) { [self] request, _ throws(LogError) in
      try await query(request)
    }
    unary(TransparencyLog.API.erase, on: &router) { [self] request, context throws(LogError) in
      guard let party = AuditReference(request.party) else {
        throw .invalid(
          "expected whom or what to erase, such as `principal:alice`, got `\(request.party.prefix(80))`"
        )
      }
      let erased = try await log.erase(
        party, by: AuditReference(.principal, context.actor), reason: request.reason,
        atMicroseconds: nowMicroseconds())
      return TransparencyLog.EraseResponse(erased: UInt32(erased))
    }
  }

  private func append(
    _ request: TransparencyLog.AppendRequest, _ context: CallContext
  ) async throws(LogError) -> TransparencyLog.AppendResponse {
    guard case .service(let role) = context.peer, context.caller == nil else {
      throw .invalid("only a service appends to the log")
    }
    guard request.entries.count <= Self.appendMax else {
      throw .invalid("expected at most \(Self.appendMax) entries, got \(request.entries.count)")
    }
    var entries: [AuditEntry] = []
    entries.reserveCapacity(request.entries.count)
    for bytes in request.entries {
      do throws(AuditEntryError) {
        entries.append(try AuditEntry(canonicalBytes: bytes))
      } catch {
        throw .invalid("\(error)")
      }
    }
    // Nobody tells the log something in another's name.
    if let other = entries.first(where: { $0.service != role }) {
      throw .invalid("`\(role)` may not append an entry of `\(other.service)`")
    }
    return TransparencyLog.AppendResponse(
      indices: try await log.append(entries).map { UInt64($0) })
  }

  private func checkpoint() async throws(LogError) -> TransparencyLog.CheckpointResponse {
    let witnessed = try await log.witnessed()
    var newest = try log.checkpoint()
    for bytes in witnessed {
      let note = try Self.note(bytes).note
      guard note.text == newest.note.text else { continue }
      for signature in note.signatures where signature.name != log.key.name {
        newest.note.add(signature)
      }
    }
    return TransparencyLog.CheckpointResponse(
      checkpoint: newest.bytes, key: log.key.description, witnessed: witnessed)
  }

  private func query(
    _ request: TransparencyLog.QueryRequest
  ) async throws(LogError) -> TransparencyLog.QueryResponse {
    var query = LogQuery()
    query.person = request.person.isEmpty ? nil : request.person
    query.model = request.model.isEmpty ? nil : request.model
    if !request.item.isEmpty {
      guard let item = AuditReference(request.item) else {
        throw .invalid(
          "expected an item such as `version:magika/1`, got `\(request.item.prefix(80))`")
      }
      query.item = item
    }
    if !request.kind.isEmpty {
      guard let kind = AuditKind(request.kind) else {
        throw .invalid("expected a kind such as `model.push`, got `\(request.kind.prefix(80))`")
      }
      query.kind = kind
    }
    query.since = request.since == 0 ? nil : request.since
    query.until = request.until == 0 ? nil : request.until
    query.start = Int(clamping: request.start)
    query.limit = request.limit == 0 ? LogQuery.pageMax : Int(clamping: request.limit)
    let (page, size) = try await log.query(query)
    return TransparencyLog.QueryResponse(
      entries: page.entries.map {
        TransparencyLog.Entry(index: UInt64($0.index), leaf: $0.leaf, record: $0.record ?? [])
      },
      next: UInt64(page.next ?? 0), size: UInt64(size))
  }

  private static func path(
    _ request: TransparencyLog.ReadTileRequest
  ) throws(LogError) -> TilePath {
    let kind: TilePath.Kind
    switch request.kind {
    case "hashes": kind = .hashes(level: Int(clamping: request.level))
    case "entries": kind = .entries
    case "records": kind = .records
    default:
      throw .invalid(
        "expected `hashes`, `entries` or `records`, got `\(request.kind.prefix(40))`")
    }
    return TilePath(kind, index: Int(clamping: request.index), width: Int(clamping: request.width))
  }

  private static func note(_ bytes: [UInt8]) throws(LogError) -> SignedCheckpoint {
    do throws(NoteError) {
      return try SignedCheckpoint(bytes)
    } catch {
      throw .invalid("\(error)")
    }
  }

  private func unary<Request, Response>(
    _ method: Method<Request, Response>, on router: inout Router,
    _ verb: @escaping @Sendable (Request, CallContext) async throws(LogError) -> Response
  ) {
    router.unary(method) { [self] request, context throws(RPCError) in
      do throws(LogError) {
        return try await verb(request, context)
      } catch {
        if case .failed = error { report(error, context) }
        throw error.rpcError
      }
    }
  }
}
