internal import ArgumentParser

/// `--version N` or `--version N=WEIGHT`.
struct VersionWeight: Sendable, Hashable {
  var version: UInt32
  /// Per cent of the traffic; nil for a share of what the others leave.
  var weight: UInt32?

  init(version: UInt32, weight: UInt32? = nil) {
    self.version = version
    self.weight = weight
  }

  /// - Throws: `ValidationError` that says how it is written.
  static func parse(_ argument: String) throws -> VersionWeight {
    let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
      .map { UInt32($0) }
    guard (1...2).contains(parts.count), !parts.contains(nil), let version = parts[0], version > 0,
      parts.count == 1 || (0...100).contains(parts[1] ?? 0)
    else {
      throw ValidationError(
        "expected a version's number from 1 on, alone or with a weight from 0 to 100, such as 2 or 2=10"
      )
    }
    return VersionWeight(version: version, weight: parts.count == 2 ? parts[1] : nil)
  }
}
