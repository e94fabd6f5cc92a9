internal import CHyperscan
internal import CPCRE2

/// The memory that one check at a time matches in. Kept between checks: making it costs more than a
/// check of a short text.
@safe package final class MatchScratch {
  let matchContext: OpaquePointer
  private(set) var matchData: OpaquePointer
  private var groupCountMax: UInt32 = 16
  private var limits: MatchLimits?
  /// Hyperscan's own, once a prefilter has been used.
  var scan: OpaquePointer?
  /// The prefilter that `scan` was last made large enough for.
  var scanOwner: UInt64?
  /// One bit a pattern.
  var hits: [UInt64] = []

  /// `nil` if there is no memory.
  package init?() {
    guard let matchContext = unsafe pcre2_match_context_create_8(nil) else { return nil }
    guard let matchData = unsafe pcre2_match_data_create_8(groupCountMax, nil) else {
      unsafe pcre2_match_context_free_8(matchContext)
      return nil
    }
    unsafe self.matchContext = matchContext
    unsafe self.matchData = matchData
    unsafe pcre2_set_depth_limit_8(matchContext, MatchLimits.depthMax)
    unsafe pcre2_set_heap_limit_8(matchContext, MatchLimits.heapKibibytesMax)
  }

  deinit {
    unsafe pcre2_match_data_free_8(matchData)
    unsafe pcre2_match_context_free_8(matchContext)
    if let scan = unsafe scan { unsafe hs_free_scratch(scan) }
  }

  func set(_ limits: MatchLimits, groupCount: Int) {
    if self.limits != limits {
      unsafe pcre2_set_match_limit_8(matchContext, limits.stepsMax)
      self.limits = limits
    }
    guard groupCount + 1 > groupCountMax,
      let larger = unsafe pcre2_match_data_create_8(UInt32(groupCount + 1), nil)
    else { return }
    unsafe pcre2_match_data_free_8(matchData)
    unsafe matchData = larger
    groupCountMax = UInt32(groupCount + 1)
  }

  /// The match that PCRE2 left.
  func match(groupCount: Int) -> PatternMatch {
    // The vector has as many pairs as PCRE2 says, and no more are read.
    let vector = unsafe pcre2_get_ovector_pointer_8(matchData)
    let pairCount = Int(unsafe pcre2_get_ovector_count_8(matchData))
    guard let vector = unsafe vector, pairCount > 0 else {
      return PatternMatch(range: 0..<0, groups: [])
    }
    func range(_ pair: Int) -> Range<Int>? {
      let (start, end) = unsafe (vector[2 * pair], vector[2 * pair + 1])
      // PCRE2 marks a group that took no part with the largest number, which as an Int is -1.
      guard start >= 0, start <= end else { return nil }
      return start..<end
    }
    let groups = groupCount == 0 ? [] : (1...groupCount).map { $0 < pairCount ? range($0) : nil }
    return PatternMatch(range: range(0) ?? 0..<0, groups: groups)
  }
}
