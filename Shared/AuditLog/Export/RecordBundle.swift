/// The records of up to 256 consecutive entries as an export has them: for each its length in four
/// bytes, big-endian, its opening and its bytes. A record that was erased has length 0.
package enum RecordBundle {
  /// A record and what opens its commitment.
  package struct Record: Sendable, Hashable {
    package let opening: [UInt8]
    /// `AuditEntry.canonicalBytes`
    package let bytes: [UInt8]

    package init(opening: [UInt8], bytes: [UInt8]) {
      self.opening = opening
      self.bytes = bytes
    }
  }

  package static func append(_ record: Record?, to bytes: inout [UInt8]) {
    let length = record.map { RecordKey.openingBytes + $0.bytes.count } ?? 0
    for shift in stride(from: 24, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: length >> shift))
    }
    guard let record else { return }
    bytes += record.opening
    bytes += record.bytes
  }

  /// The records, nil for each that was erased; nil if the bytes are not whole.
  package static func records(in bytes: [UInt8]) -> [Record?]? {
    var records: [Record?] = []
    var start = 0
    while start < bytes.count {
      guard start + 4 <= bytes.count else { return nil }
      let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
      start += 4
      if length == 0 {
        records.append(nil)
        continue
      }
      guard length > RecordKey.openingBytes, start + length <= bytes.count else { return nil }
      let middle = start + RecordKey.openingBytes
      records.append(
        Record(
          opening: Array(bytes[start..<middle]), bytes: Array(bytes[middle..<start + length])))
      start += length
    }
    return records
  }
}
