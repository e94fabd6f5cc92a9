package import Base

/// What the queue has to know of a call.
package struct QueuedCall: Sendable, Hashable {
  /// Nil if the call can't share a run with any other.
  package var signature: BatchSignature?
  /// The length of the batch's dimension; 1 where there is none.
  package var rows: Int
  /// Of all inputs, for one row.
  package var bytesPerRow: Int
  /// 0 is normal; higher goes first.
  package var priority: UInt32
  package var deadline: MonotonicInstant
  /// Who calls, as far as turns are shared: a pseudonym, 0 if nobody said.
  package var sharingKey: UInt64

  package init(
    signature: BatchSignature? = nil, rows: Int = 1, bytesPerRow: Int = 1, priority: UInt32 = 0,
    deadline: MonotonicInstant = .distantFuture, sharingKey: UInt64 = 0
  ) {
    self.signature = signature
    self.rows = rows
    self.bytesPerRow = bytesPerRow
    self.priority = priority
    self.deadline = deadline
    self.sharingKey = sharingKey
  }
}
