package import AuditLog

/// An entry that waits for the log, with its place in the outbox.
package struct OutboxRow: Hashable, Sendable {
  /// Grows by one with each entry; never used twice.
  package let sequence: Int64
  package let entry: AuditEntry
}
