/// Up to 256 consecutive entries as C2SP tlog-tiles has them: each after its length in two bytes,
/// big-endian.
package enum EntryBundle {
  package static let entryBytesMax = Int(UInt16.max)

  /// - Precondition: `entry` has at most ``entryBytesMax`` bytes.
  package static func append(_ entry: [UInt8], to bytes: inout [UInt8]) {
    precondition(entry.count <= entryBytesMax, "a leaf is longer than a bundle can hold")
    bytes.append(UInt8(truncatingIfNeeded: entry.count >> 8))
    bytes.append(UInt8(truncatingIfNeeded: entry.count))
    bytes += entry
  }

  /// The entries; nil if the last one is not whole.
  package static func entries(in bytes: [UInt8]) -> [ArraySlice<UInt8>]? {
    var entries: [ArraySlice<UInt8>] = []
    var start = 0
    while start < bytes.count {
      guard start + 2 <= bytes.count else { return nil }
      let end = start + 2 + (Int(bytes[start]) << 8 | Int(bytes[start + 1]))
      guard end <= bytes.count else { return nil }
      entries.append(bytes[(start + 2)..<end])
      start = end
    }
    return entries
  }
}
