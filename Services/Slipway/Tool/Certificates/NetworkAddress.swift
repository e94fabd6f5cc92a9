internal import Foundation

/// IP addresses as certificates hold them.
enum NetworkAddress {
  private static let groupCount = 8

  /// - Returns: 4 or 16 bytes, in network order; `nil` for what is no address but a name.
  static func bytes(_ text: String) -> [UInt8]? {
    text.contains(":") ? version6(text) : version4(text)
  }

  private static func version4(_ text: String) -> [UInt8]? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    return parts.count == 4 && !parts.contains(nil) ? parts.compactMap(\.self) : nil
  }

  /// RFC 4291, section 2.2, without its mixed form: `::` stands once, for the groups that are not there.
  private static func version6(_ text: String) -> [UInt8]? {
    let halves = text.components(separatedBy: "::").map { half in
      half.isEmpty ? [] : half.components(separatedBy: ":").map { UInt16($0, radix: 16) }
    }
    let given = halves.flatMap(\.self)
    guard !given.contains(nil), halves.count <= 2,
      halves.count == 1 ? given.count == groupCount : given.count < groupCount
    else { return nil }
    let zeros = [UInt16?](repeating: 0, count: groupCount - given.count)
    let groups = Array(halves.joined(separator: zeros))
    return groups.compactMap(\.self).flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
  }
}
