internal import CPCRE2

/// A regular expression in Perl's syntax, over valid UTF-8 with Unicode's properties; PCRE2 decides
/// what it matches. It runs in PCRE2's interpreter, whose limits count alike on every machine.
@safe package final class Pattern: @unchecked Sendable {
  /// What was compiled.
  package let source: String
  package let isCaseless: Bool
  package let groupCount: Int
  // Read only after it was compiled: PCRE2 lets any number of threads match with one code.
  private let code: OpaquePointer

  /// - Throws: where the pattern is wrong, and how.
  package init(_ source: String, isCaseless: Bool = false) throws(PatternError) {
    self.source = source
    self.isCaseless = isCaseless
    var options = PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C
    if isCaseless { options |= PCRE2_CASELESS }
    var error: Int32 = 0
    var offset = 0
    guard let context = unsafe pcre2_compile_context_create_8(nil) else {
      throw PatternError(offset: 0, fault: "there is no memory for it")
    }
    defer { unsafe pcre2_compile_context_free_8(context) }
    unsafe pcre2_set_newline_8(context, UInt32(PCRE2_NEWLINE_LF))
    let bytes = Array(source.utf8) + [0]
    // The bytes are alive for the call, their count is that passed, and PCRE2 keeps its own copy.
    let code = unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe pcre2_compile_8(
        bytes.baseAddress, bytes.count - 1, options, &error, &offset, context)
    }
    guard let code = unsafe code else {
      throw PatternError(offset: offset, fault: Self.message(error))
    }
    unsafe self.code = code
    var groupCount: UInt32 = 0
    unsafe pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_CAPTURECOUNT), &groupCount)
    self.groupCount = Int(groupCount)
  }

  deinit {
    unsafe pcre2_code_free_8(code)
  }

  /// Calls `each` with every match in `text`, from left to right, without overlaps.
  ///
  /// - Parameter text: valid UTF-8; the caller has seen to it.
  /// - Returns: `false` if a limit was reached, so that there may be more matches than were seen.
  package func forEachMatch(
    in text: [UInt8], with scratch: MatchScratch, within limits: MatchLimits,
    _ each: (PatternMatch) -> Void
  ) -> Bool {
    scratch.set(limits, groupCount: groupCount)
    // The text is alive for the calls in the closure, and its count is that passed.
    return unsafe text.withUnsafeBufferPointer { text in
      var count = 0
      var start = 0
      var options = PCRE2_NO_UTF_CHECK
      while start <= text.count {
        let found = unsafe pcre2_match_8(
          code, text.baseAddress, text.count, start, options, scratch.matchData,
          scratch.matchContext)
        if found == PCRE2_ERROR_NOMATCH {
          // Only an anchored second look at the place of an empty match moves on from there.
          guard options != PCRE2_NO_UTF_CHECK, start < text.count else { return true }
          start += 1
          while start < text.count, unsafe text[start] & 0xC0 == 0x80 { start += 1 }
          options = PCRE2_NO_UTF_CHECK
          continue
        }
        guard found > 0 else { return false }
        if count == limits.matchCountMax { return false }
        count += 1
        let match = scratch.match(groupCount: groupCount)
        each(match)
        start = max(match.range.upperBound, start)
        options =
          match.range.isEmpty
          ? PCRE2_NO_UTF_CHECK | PCRE2_NOTEMPTY_ATSTART | PCRE2_ANCHORED : PCRE2_NO_UTF_CHECK
      }
      return true
    }
  }

  /// Every match in `text`, and whether that is all of them.
  package func matches(
    in text: [UInt8], with scratch: MatchScratch, within limits: MatchLimits
  ) -> (matches: [PatternMatch], isComplete: Bool) {
    var matches: [PatternMatch] = []
    let isComplete = forEachMatch(in: text, with: scratch, within: limits) { matches.append($0) }
    return (matches, isComplete)
  }

  /// The PCRE2 in use, as its version and that of Unicode: `10.42 2022-12-11 14.0.0`.
  package static var engine: String {
    [PCRE2_CONFIG_VERSION, PCRE2_CONFIG_UNICODE_VERSION].map { what in
      var text = [UInt8](repeating: 0, count: 64)
      // PCRE2 writes at most 24 bytes, its version, and ends them with a zero.
      _ = unsafe text.withUnsafeMutableBytes { unsafe pcre2_config_8(UInt32(what), $0.baseAddress) }
      return String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
    }.joined(separator: " ")
  }

  private static func message(_ error: Int32) -> String {
    var text = [UInt8](repeating: 0, count: 256)
    // PCRE2 cuts what does not fit and ends it with a zero.
    _ = unsafe text.withUnsafeMutableBufferPointer {
      unsafe pcre2_get_error_message_8(error, $0.baseAddress, $0.count)
    }
    return String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
  }
}
