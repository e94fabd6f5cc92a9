import AuditLog

extension KeyRecord {
  /// What the log is told of a key; neither the key nor its digest.
  var auditValues: [String: AuditValue] {
    [
      "principal": .string(principal),
      "roles": .array(roles.sorted().map { .string($0.rawValue) }),
      "models": .array(models.names.map { .string($0) }),
      "requestsPerSecond": .integer(Int64(limits.requestsPerSecond)),
      "inFlightMax": .integer(Int64(limits.inFlightMax)),
      "expiresAtMicroseconds": Self.microseconds(expiresAt),
    ]
  }

  /// The part of it that changes.
  var auditEndValues: [String: AuditValue] {
    [
      "expiresAtMicroseconds": Self.microseconds(expiresAt),
      "revokedAtMicroseconds": Self.microseconds(revokedAt),
      "replacedBy": replacedBy.map { .string($0) } ?? .null,
    ]
  }

  private static func microseconds(_ time: Int64?) -> AuditValue {
    // The log's numbers are those that every JSON reader keeps exact.
    time.map { .integer(min($0 / 1_000, 9_007_199_254_740_991)) } ?? .null
  }
}
