import Matching
import Testing

@testable import ContentPolicy

/// Hyperscan's tables are older than PCRE2's; where they are believed they must agree.
struct StableCharactersTests {
  private static let scalars = StableCharacters.ranges.flatMap { range in
    range.compactMap(Unicode.Scalar.init)
  }

  @Test(arguments: [
    #"\w"#, #"\W"#, #"\d"#, #"\s"#, #"\S"#, #"\p{L}"#, #"\p{Lu}"#, #"\p{Ll}"#, #"\p{N}"#, #"\p{P}"#,
    #"\p{S}"#,
    #"\p{Z}"#, "[[:alpha:]]", "[[:upper:]]", "[[:punct:]]", "[[:space:]]", ".", #"[^\w\s]"#,
  ])
  func `a class lets in every character that PCRE2 finds in it`(pattern: String) throws {
    let scratch = try #require(MatchScratch())
    let compiled = try Pattern(pattern)
    let prefilter = Prefilter([PrefilterEntry(pattern)])
    let limits = MatchLimits(contentByteCount: 8, matchCountMax: 8)
    var missed: [String] = []
    for scalar in Self.scalars {
      let text = Array(String(scalar).utf8)
      guard !compiled.matches(in: text, with: scratch, within: limits).matches.isEmpty else {
        continue
      }
      prefilter.scan([text], isStable: true, with: scratch)
      var isHit = false
      prefilter.forEachHit(in: scratch) { _ in isHit = true }
      if !isHit { missed.append(String(scalar.value, radix: 16)) }
    }
    #expect(missed.isEmpty, "\(pattern): \(missed.prefix(20)) and \(missed.count) in all")
  }

  @Test func `a letter of another case is let in wherever PCRE2 takes it`() throws {
    let scratch = try #require(MatchScratch())
    let cased = Self.scalars.filter { $0.properties.isCased }
    let all = Array(String(String.UnicodeScalarView(cased)).utf8)
    let limits = MatchLimits(contentByteCount: all.count, matchCountMax: 100)
    var missed: [String] = []
    for scalar in cased {
      let pattern = try Pattern(String(scalar), isCaseless: true)
      let prefilter = Prefilter([PrefilterEntry(String(scalar), isCaseless: true)])
      for match in pattern.matches(in: all, with: scratch, within: limits).matches {
        prefilter.scan([Array(all[match.range])], isStable: true, with: scratch)
        var isHit = false
        prefilter.forEachHit(in: scratch) { _ in isHit = true }
        if !isHit { missed.append("\(String(scalar.value, radix: 16))") }
      }
    }
    #expect(missed.isEmpty, "\(missed)")
  }
}
