import AuditLog

/// How a segment holds what stands beside the leaves: for each entry the parties that it names, its kind
/// and its time, and the sealed record.
enum LogSegment {
  /// Numbers of rows in `party`; 0 for none.
  struct Beside: Sendable {
    var actor: Int64
    var subject: Int64
    var about: Int64
    var kind: Int64
    /// Microseconds since 1970.
    var occurredAt: Int64
    var sealed: [UInt8]

    var parties: [Int64] { [actor, subject, about].filter { $0 != 0 } }
  }

  static func append(_ beside: Beside, to bytes: inout [UInt8]) {
    for number in [
      beside.actor, beside.subject, beside.about, beside.kind, beside.occurredAt,
      Int64(beside.sealed.count),
    ] {
      for shift in stride(from: 56, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: number >> Int64(shift)))
      }
    }
    bytes += beside.sealed
  }

  /// - Throws: `failed` for bytes that `append` did not write.
  static func read(_ bytes: [UInt8]) throws(LogError) -> [Beside] {
    var found: [Beside] = []
    var start = 0
    while start < bytes.count {
      guard start + 48 <= bytes.count else { throw .failed(cause: "a segment's record is cut off") }
      let numbers = (0..<6).map { field in
        bytes[(start + 8 * field)..<(start + 8 * field + 8)].reduce(Int64(0)) {
          $0 << 8 | Int64($1)
        }
      }
      start += 48
      guard 0...Int64(bytes.count - start) ~= numbers[5] else {
        throw .failed(cause: "a segment's record is cut off")
      }
      let end = start + Int(numbers[5])
      found.append(
        Beside(
          actor: numbers[0], subject: numbers[1], about: numbers[2], kind: numbers[3],
          occurredAt: numbers[4], sealed: Array(bytes[start..<end])))
      start = end
    }
    return found
  }
}
