internal import CHyperscan
internal import Synchronization

/// Tells in one pass over a text which of many patterns may match it: none that would is left out,
/// some that do not are let in.
///
/// Hyperscan reads the patterns in its own way where it can't follow Perl's (lookaround, references
/// back), and then lets in more. What it can't read at all is always let in.
@safe package final class Prefilter: @unchecked Sendable {
  package let count: Int
  /// Patterns that Hyperscan can't read.
  package let unread: [Int]
  // Read only after it was compiled: Hyperscan lets any number of threads scan with one database.
  private let database: OpaquePointer?
  private let wordCount: Int
  /// No other prefilter of the process has had it.
  private let serial = Prefilter.serials.wrappingAdd(1, ordering: .relaxed).newValue
  private static let serials = Atomic<UInt64>(0)
  private let unreadWords: [UInt64]
  private let everyWord: [UInt64]
  /// Patterns that are held against the text as it is, not folded.
  private let unicodeWords: [UInt64]

  /// Patterns are known by their place in `entries`.
  package init(_ entries: [PrefilterEntry]) {
    count = entries.count
    wordCount = (entries.count + 63) / 64
    var unread: [Int] = []
    var read: [Int] = []
    for (place, entry) in entries.enumerated() {
      if Self.isReadable(entry) { read.append(place) } else { unread.append(place) }
    }
    var database: OpaquePointer?
    while !read.isEmpty {
      let outcome = unsafe Self.compile(read.map { (entries[$0], $0) })
      if let compiled = unsafe outcome.database {
        unsafe database = compiled
        break
      }
      // One that can't be compiled with the others is named; if none is, nothing is filtered.
      let guilty = unsafe outcome.guilty
      guard read.indices.contains(guilty) else {
        unread += read
        read = []
        break
      }
      unread.append(read.remove(at: guilty))
    }
    unsafe self.database = database
    self.unread = unread.sorted()
    unreadWords = Self.words(of: unread, count: wordCount)
    everyWord = Self.words(of: Array(entries.indices), count: wordCount)
    unicodeWords = Self.words(
      of: entries.indices.filter { !entries[$0].isFolded }, count: wordCount)
  }

  deinit {
    if let database = unsafe database { unsafe hs_free_database(database) }
  }

  /// Sets in `scratch` the patterns that may match. Without memory for it, all may.
  ///
  /// - Parameters:
  ///   - texts: each valid UTF-8; a pattern may match if it may match one of them.
  ///   - isStable: false if the texts have characters of which Hyperscan's tables know less than
  ///     PCRE2's: then patterns that are held against the text as it is all may.
  package func scan(_ texts: [[UInt8]], isStable: Bool, with scratch: MatchScratch) {
    scratch.hits = isStable ? unreadWords : zip(unreadWords, unicodeWords).map { $0 | $1 }
    guard let database = unsafe database else { return }
    guard unsafe prepare(scratch, for: database) else { return scratch.hits = everyWord }
    for text in texts {
      guard unsafe scanOne(text, database, scratch) else { return scratch.hits = everyWord }
    }
  }

  /// Calls `body` with each pattern that the last scan let in, in order.
  package func forEachHit(in scratch: MatchScratch, _ body: (Int) -> Void) {
    for (word, bits) in scratch.hits.enumerated() {
      var bits = bits
      while bits != 0 {
        body(word * 64 + bits.trailingZeroBitCount)
        bits &= bits - 1
      }
    }
  }

  /// Sets every pattern in `scratch`, as if nothing were filtered.
  package func letAllIn(_ scratch: MatchScratch) {
    scratch.hits = everyWord
  }

  /// Hyperscan's version.
  package static var engine: String {
    guard let version = unsafe hs_version() else { return "" }
    return unsafe String(cString: version)
  }

  private func prepare(_ scratch: MatchScratch, for database: OpaquePointer) -> Bool {
    if scratch.scanOwner == serial { return true }
    // Makes it as large as this database needs; it stays large enough for those before.
    var scan = unsafe scratch.scan
    guard unsafe hs_alloc_scratch(database, &scan) == HS_SUCCESS else { return false }
    unsafe scratch.scan = scan
    scratch.scanOwner = serial
    return true
  }

  private func scanOne(
    _ text: [UInt8], _ database: OpaquePointer, _ scratch: MatchScratch
  ) -> Bool {
    // An empty text has nothing to scan; whatever matches nothing may match it.
    guard !text.isEmpty, text.count <= Int(UInt32.max) else { return false }
    let scan = unsafe scratch.scan
    // Text and hits are alive for the call; ids are places in the entries, which have their bits.
    return unsafe text.withUnsafeBytes { text in
      unsafe scratch.hits.withUnsafeMutableBufferPointer { hits in
        unsafe hs_scan(
          database, text.baseAddress?.assumingMemoryBound(to: CChar.self), UInt32(text.count), 0,
          scan,
          { id, _, _, _, hits in
            guard let hits = unsafe hits?.assumingMemoryBound(to: UInt64.self) else { return 1 }
            unsafe hits[Int(id / 64)] |= 1 << UInt64(id % 64)
            return 0
          }, hits.baseAddress) == HS_SUCCESS
      }
    }
  }

  private static func flags(of entry: PrefilterEntry) -> UInt32 {
    var flags = HS_FLAG_SINGLEMATCH
    if entry.isCaseless { flags |= HS_FLAG_CASELESS }
    if !entry.isFolded {
      flags |= HS_FLAG_PREFILTER | HS_FLAG_UTF8 | HS_FLAG_UCP | HS_FLAG_ALLOWEMPTY
    }
    return UInt32(flags)
  }

  /// PCRE2's verbs change what all the rest means, and Hyperscan's strings end with a zero.
  private static func isReadable(_ entry: PrefilterEntry) -> Bool {
    guard !entry.source.contains("(*"), !entry.source.utf8.contains(0) else { return false }
    if entry.isFolded { return true }
    guard entry.isStable else { return false }
    var error: UnsafeMutablePointer<hs_compile_error_t>?
    var facts: UnsafeMutablePointer<hs_expr_info_t>?
    let outcome = unsafe hs_expression_info(entry.source, flags(of: entry), &facts, &error)
    // Both are Hyperscan's, from the C library's allocator unless another was set, which none is.
    if let facts = unsafe facts { unsafe free(facts) }
    if let error = unsafe error { unsafe hs_free_compile_error(error) }
    return outcome == HS_SUCCESS
  }

  private static func compile(
    _ entries: [(PrefilterEntry, Int)]
  ) -> (database: OpaquePointer?, guilty: Int) {
    // One block holds every source, each ended by a zero; it outlives the call, and Hyperscan keeps
    // nothing of it.
    var block: [CChar] = []
    var starts: [Int] = []
    for (entry, _) in entries {
      starts.append(block.count)
      block += entry.source.utf8.map { CChar(bitPattern: $0) } + [0]
    }
    let flags = entries.map { Self.flags(of: $0.0) }
    let places = entries.map { UInt32($0.1) }
    var database: OpaquePointer?
    var error: UnsafeMutablePointer<hs_compile_error_t>?
    unsafe block.withUnsafeBufferPointer { block in
      let sources: [UnsafePointer<CChar>?] = unsafe starts.map { start in
        unsafe block.baseAddress.map { unsafe $0 + start }
      }
      _ = unsafe hs_compile_multi(
        sources, flags, places, UInt32(entries.count), UInt32(HS_MODE_BLOCK), nil, &database,
        &error)
    }
    var guilty = -1
    if let error = unsafe error {
      guilty = Int(unsafe error.pointee.expression)
      unsafe hs_free_compile_error(error)
    }
    return unsafe (database, guilty)
  }

  private static func words(of places: [Int], count: Int) -> [UInt64] {
    var words = [UInt64](repeating: 0, count: count)
    for place in places { words[place / 64] |= 1 << UInt64(place % 64) }
    return words
  }
}
