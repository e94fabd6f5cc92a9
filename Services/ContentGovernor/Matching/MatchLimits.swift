/// How hard PCRE2 may try before a person must look.
package struct MatchLimits: Sendable, Hashable {
  /// Backtracking points for one starting place.
  package let stepsMax: UInt32
  package let matchCountMax: Int
  /// Of nested backtracking, the memory for which is bounded as well.
  package static let depthMax: UInt32 = 250_000
  package static let heapKibibytesMax: UInt32 = 64 << 10

  /// Steps for a whole text of usual length: about a second.
  private static let stepsPerText = 100_000_000
  private static let stepsRange = 1_000...100_000
  /// Texts up to this length get so many at least, since an honest `.*` takes one for each byte.
  private static let usualBytesMax = 256 << 10
  private static let usualStepsMin = 10_000

  /// A function of nothing but the length of the whole content, so that the same content reaches the
  /// same limits whichever way is taken to a pattern.
  package init(contentByteCount: Int, matchCountMax: Int) {
    let fair = Self.stepsPerText / max(contentByteCount, 1)
    let floor =
      contentByteCount <= Self.usualBytesMax ? Self.usualStepsMin : Self.stepsRange.lowerBound
    stepsMax = UInt32(min(max(fair, floor), Self.stepsRange.upperBound))
    self.matchCountMax = matchCountMax
  }
}
