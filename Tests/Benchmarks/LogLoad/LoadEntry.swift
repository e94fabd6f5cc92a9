import AuditLog

/// Entries as the suite's services write them: few people, some models, many kinds.
enum LoadEntry {
  private static let kinds: [AuditKind] = [
    .modelPush, .approvalAdd, .deploymentSet, .deploymentScale, .workerLease, .keyCreate,
  ]

  /// - Parameter number: the same number makes the same entry, its identifier included.
  static func make(_ number: Int, seed: Int) throws -> AuditEntry {
    let digits = String(number, radix: 16)
    let head = String(seed & 0xffff_ffff, radix: 16)
    let text =
      String(repeating: "0", count: 8 - head.count) + head + "-0000-7000-8000-"
      + String(repeating: "0", count: 12 - digits.count) + digits
    guard let identifier = AuditEntryIdentifier(text) else {
      throw LogLoad.Failure("`\(text)` is no identifier")
    }
    return try AuditEntry(
      identifier: identifier, occurredAtMicroseconds: 1_795_405_286_000_000 + Int64(number),
      service: "registry", kind: kinds[number % kinds.count],
      actor: AuditReference(.principal, "person-\(number % 40)"),
      subject: AuditReference(.version, "model-\(number % 25)/\(number % 7 + 1)"),
      reason: "as the change request \(number) asks for", before: ["replicas": 1],
      after: ["replicas": 3, "environment": "production"])
  }
}
