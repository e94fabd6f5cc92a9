import AuditLog
package import ContentPolicy
package import Contracts
import Dispatch
import Foundation
import GRDB
import Storage
import Synchronization

/// Policies: kept, approved, put in force, and asked for verdicts.
package final class PolicyDesk: PolicyChecking {
  /// Compiled bundles in memory; another is compiled when it is asked for.
  private static let compiledMax = 16
  /// A longer text is checked on a thread that may be kept busy.
  private static let shortBytesMax = 4096
  private static let service = "content-governor"

  private let store: Store
  private let log: LogKeeper
  private let outbox = Outbox()
  private let nowMicroseconds: @Sendable () -> Int64
  private let compiled = Mutex<[(digest: String, bundle: PolicyBundle)]>([])

  /// Opens the store in `folder`, which exists.
  ///
  /// - Parameter nowMicroseconds: wall time, since 1970.
  package static func open(
    folder: String, log: LogKeeper,
    nowMicroseconds: @escaping @Sendable () -> Int64 = {
      Int64(Date().timeIntervalSince1970 * 1e6)
    }
  ) async throws -> PolicyDesk {
    let store = try await Store.open(
      path: "\(folder)/policies.sqlite", migrations: PolicySchema.migrations)
    return PolicyDesk(store: store, log: log, nowMicroseconds: nowMicroseconds)
  }

  private init(store: Store, log: LogKeeper, nowMicroseconds: @escaping @Sendable () -> Int64) {
    self.store = store
    self.log = log
    self.nowMicroseconds = nowMicroseconds
  }

  /// Tells the log of what changed, until the task is cancelled.
  package func run(report: @Sendable (_ cause: String) -> Void) async {
    await drain.run(report: report)
  }

  /// Tells the log of the oldest changes that it does not know; returns how many these were.
  func tellLog() async throws -> Int { try await drain.step() }

  private var drain: OutboxDrain {
    OutboxDrain(store: store, outbox: outbox) { [log] entries in
      _ = try await log.append(entries.map { try AuditEntry(canonicalBytes: $0) })
    }
  }

  /// Why it can't do its work, or `nil`.
  package func fault() async -> String? {
    do {
      try await store.read { [outbox] in _ = try outbox.rowCount(in: $0) }
      return nil
    } catch {
      return "the store of policies can't be read"
    }
  }

  package func close() async { try? await store.close() }

  // Verbs.

  package func push(
    _ request: Policies.PushRequest, by principal: String
  ) async throws(PolicyFault) -> Policies.Bundle {
    let files = request.files.map { BundleFile(path: $0.path, content: $0.content) }
    return try await translating {
      let bundle = try await Self.onThread { () throws(PolicyError) in
        try PolicyBundle.compile(files)
      }
      self.keep(bundle)
      return try await self.change { database, now in
        if let known = try PolicyTable.bundle(database, bundle.digest) { return (known, nil) }
        let reference = "\(bundle.name)@\(bundle.version)"
        if try PolicyTable.digest(database, of: reference) != nil {
          throw PolicyFault.refused(
            "`\(reference)` is another bundle already: give it a version of its own")
        }
        try PolicyTable.insert(
          database, bundle, files: files, by: principal, atMicroseconds: now)
        let entry = try Self.entry(
          .policyPush, bundle.digest, by: principal, request.reason, now,
          after: [
            "name": .string(bundle.name), "version": .string(bundle.version),
            "digest": .string(bundle.digest),
          ])
        return (try Self.bundle(database, bundle.digest), entry)
      }
    }
  }

  package func approve(
    _ request: Policies.ApproveRequest, by principal: String
  ) async throws(PolicyFault) -> Policies.Bundle {
    try await translating {
      try await self.change { database, now in
        let bundle = try Self.bundle(database, request.digest)
        guard bundle.pushedBy != principal else {
          throw PolicyFault.refused("who pushed a bundle can't approve it: ask somebody else")
        }
        if bundle.approvals.contains(where: { $0.principal == principal }) { return (bundle, nil) }
        try PolicyTable.insertApproval(
          database, bundle.digest, by: principal, reason: request.reason, atMicroseconds: now)
        let entry = try Self.entry(
          .policyApprove, bundle.digest, by: principal, request.reason, now,
          after: ["approvals": .integer(Int64(bundle.approvals.count + 1))])
        return (try Self.bundle(database, bundle.digest), entry)
      }
    }
  }

  package func bind(
    _ request: Policies.BindRequest, by principal: String
  ) async throws(PolicyFault) -> Policies.BindResponse {
    let target = request.target ?? Policies.Target()
    for name in [target.model, target.channel, target.locale] where name.utf8.count > 128 {
      throw .invalid("expected names of at most 128 bytes")
    }
    return try await translating {
      try await self.change { database, now in
        let before = try PolicyTable.binding(database, target) ?? ""
        if !request.digest.isEmpty {
          let bundle = try Self.bundle(database, request.digest)
          guard bundle.approvals.count >= PolicyTable.approvalsNeeded else {
            throw PolicyFault.refused(
              "`\(bundle.name)@\(bundle.version)` has \(bundle.approvals.count) of "
                + "\(PolicyTable.approvalsNeeded) approvals")
          }
        }
        guard before != request.digest else {
          return (Policies.BindResponse(before: before), nil)
        }
        try PolicyTable.bind(
          database, target, to: request.digest, by: principal, atMicroseconds: now)
        let entry = try Self.entry(
          request.digest.isEmpty ? .policyUnbind : .policyBind,
          request.digest.isEmpty ? before : request.digest, by: principal, request.reason, now,
          before: before.isEmpty ? nil : Self.values(target, before),
          after: request.digest.isEmpty ? nil : Self.values(target, request.digest))
        return (Policies.BindResponse(before: before), entry)
      }
    }
  }

  package func list() async throws(PolicyFault) -> Policies.ListResponse {
    try await translating {
      try await self.store.read {
        Policies.ListResponse(
          bundles: try PolicyTable.bundles($0), bindings: try PolicyTable.bindings($0))
      }
    }
  }

  package func fetch(_ reference: String) async throws(PolicyFault) -> Policies.FetchResponse {
    try await translating {
      try await self.store.read { database in
        guard let digest = try PolicyTable.digest(database, of: reference) else {
          throw PolicyFault.missing("there is no policy bundle `\(reference.prefix(160))`")
        }
        let files = try PolicyTable.files(database, digest)
        return Policies.FetchResponse(
          bundle: try Self.bundle(database, digest),
          files: files.map { Policies.File(path: $0.path, content: $0.content) })
      }
    }
  }

  /// The digest of a bundle by digest, name, or name and version.
  package func digest(of reference: String) async throws(PolicyFault) -> String {
    let digest = try await translating {
      try await self.store.read { try PolicyTable.digest($0, of: reference) }
    }
    guard let digest else {
      throw .missing("there is no policy bundle `\(reference.prefix(160))`")
    }
    return digest
  }

  // Verdicts.

  package func bundleInForce(for target: PolicyTarget) async throws(PolicyError) -> String? {
    do {
      return try await store.read { try PolicyTable.inForce($0, for: target) }
    } catch {
      throw .failed(cause: "\(error)")
    }
  }

  package func check(
    _ content: [UInt8], in context: CheckContext, against bundleDigest: String
  ) async throws(PolicyError) -> Verdict {
    guard content.count <= PolicyLimits.contentBytesMax else {
      throw .contentTooLong(byteCount: content.count)
    }
    let bundle = try await bundle(bundleDigest)
    if content.count <= Self.shortBytesMax { return bundle.check(content, in: context) }
    return try await Self.onThread { () throws(PolicyError) in bundle.check(content, in: context) }
  }

  private func bundle(_ digest: String) async throws(PolicyError) -> PolicyBundle {
    if let known = compiled.withLock({ $0.first { $0.digest == digest }?.bundle }) { return known }
    let files: [BundleFile]
    do {
      files = try await store.read { try PolicyTable.files($0, digest) }
    } catch {
      throw .failed(cause: "\(error)")
    }
    guard !files.isEmpty else { throw .bundleUnknown(digest: digest) }
    let bundle = try await Self.onThread { () throws(PolicyError) in
      try PolicyBundle.compile(files)
    }
    // What was kept is what was pushed.
    guard bundle.digest == digest else {
      throw .failed(cause: "the bundle `\(digest)` is damaged in the store")
    }
    keep(bundle)
    return bundle
  }

  private func keep(_ bundle: PolicyBundle) {
    compiled.withLock { compiled in
      compiled.removeAll { $0.digest == bundle.digest }
      compiled.insert((bundle.digest, bundle), at: 0)
      if compiled.count > Self.compiledMax { compiled.removeLast() }
    }
  }

  // Storage.

  /// Runs a change with its entry for the log, in one transaction.
  private func change<Value: Sendable>(
    _ body: @escaping @Sendable (Database, Int64) throws -> (Value, AuditEntry?)
  ) async throws -> Value {
    let now = nowMicroseconds()
    return try await store.write { [outbox] database in
      let (value, entry) = try body(database, now)
      if let entry { try outbox.append(entry, in: database) }
      return value
    }
  }

  private static func bundle(_ database: Database, _ digest: String) throws -> Policies.Bundle {
    guard let bundle = try PolicyTable.bundle(database, digest) else {
      throw PolicyFault.missing("there is no policy bundle `\(digest.prefix(80))`")
    }
    return bundle
  }

  private static func entry(
    _ kind: AuditKind, _ digest: String, by principal: String, _ reason: String, _ now: Int64,
    before: [String: AuditValue]? = nil, after: [String: AuditValue]? = nil
  ) throws -> AuditEntry {
    guard reason.utf8.count <= AuditEntry.reasonLengthMaxBytes else {
      throw PolicyFault.invalid(
        "expected a reason of at most \(AuditEntry.reasonLengthMaxBytes) bytes")
    }
    return try AuditEntry(
      occurredAtMicroseconds: now, service: service, kind: kind,
      actor: AuditReference(.principal, principal), subject: AuditReference(.policy, digest),
      reason: reason, before: before, after: after)
  }

  private static func values(
    _ target: Policies.Target, _ digest: String
  ) -> [String: AuditValue] {
    [
      "model": .string(target.model), "channel": .string(target.channel),
      "locale": .string(target.locale), "digest": .string(digest),
    ]
  }

  private func translating<Value>(
    _ body: () async throws -> Value
  ) async throws(PolicyFault) -> Value {
    do {
      return try await body()
    } catch {
      throw .translating(error)
    }
  }

  /// Compiling and long texts keep a thread busy, which none of the cooperative pool may be.
  private static func onThread<Value: Sendable>(
    _ work: @escaping @Sendable () throws(PolicyError) -> Value
  ) async throws(PolicyError) -> Value {
    let result: Result<Value, PolicyError> = await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(returning: Result { () throws(PolicyError) in try work() })
      }
    }
    return try result.get()
  }
}
