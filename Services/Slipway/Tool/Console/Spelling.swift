internal import Trust

/// How values are written for people.
enum Spelling {
  /// RFC 3339 in UTC; nil for 0, which means never or not yet.
  static func time(_ nanosecondsSince1970: Int64) -> String? {
    guard nanosecondsSince1970 != 0 else { return nil }
    return Timestamp(millisecondsSinceEpoch: nanosecondsSince1970 / 1_000_000).wholeSeconds
      .description
  }

  static func hex(_ bytes: [UInt8]) -> String {
    ContentDigest(bytes: bytes)?.hex ?? ""
  }

  /// `812 B`, `3.1 kB`, `1.2 GB`.
  static func size(_ byteCount: UInt64) -> String {
    guard byteCount >= 1000 else { return "\(byteCount) B" }
    var value = Double(byteCount)
    var unit = ""
    for next in ["kB", "MB", "GB", "TB"] where value >= 999.95 || unit.isEmpty {
      value /= 1000
      unit = next
    }
    return "\(decimal(value)) \(unit)"
  }

  /// `850 us`, `1.2 ms`, `3.0 s`.
  static func nanoseconds(_ count: UInt64) -> String {
    let value = Double(count)
    if value < 1e6 { return "\(Int((value / 1e3).rounded())) us" }
    return value < 1e9 ? "\(decimal(value / 1e6)) ms" : "\(decimal(value / 1e9)) s"
  }

  private static func decimal(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
