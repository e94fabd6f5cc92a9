import Testing

@testable import Matching

struct PatternTests {
  static let limits = MatchLimits(contentByteCount: 1024, matchCountMax: 1000)

  static func scratch() throws -> MatchScratch { try #require(MatchScratch()) }

  @Test(arguments: [
    ("a", "banana", [1..<2, 3..<4, 5..<6]),
    ("", "añb", [0..<0, 1..<1, 3..<3, 4..<4]),
    (#"\b\w+\b"#, "Grüße, Welt", [0..<7, 9..<13]),
    ("(?<=b)a", "baab", [1..<2]),
    ("x*", "axxb", [0..<0, 1..<3, 3..<3, 4..<4]),
    ("(?m)^", "a\nb", [0..<0, 2..<2]),
    ("a", "", []),
  ])
  func `every match is found once, from left to right`(
    pattern: String, text: String, expected: [Range<Int>]
  ) throws {
    let (matches, isComplete) = try Pattern(pattern).matches(
      in: Array(text.utf8), with: Self.scratch(), within: Self.limits)
    #expect(isComplete)
    #expect(matches.map(\.range) == expected)
  }

  @Test func `groups say what they took, and which took no part`() throws {
    let (matches, _) = try Pattern("(a)|(b)").matches(
      in: Array("ab".utf8), with: Self.scratch(), within: Self.limits)
    #expect(matches.map(\.groups) == [[0..<1, nil], [nil, 1..<2]])
  }

  @Test func `a wrong pattern is refused with its place`() {
    #expect { try Pattern("ab(") } throws: { error in
      (error as? PatternError).map { $0.offset == 3 && !$0.fault.isEmpty } ?? false
    }
    #expect(throws: PatternError.self) { try Pattern(#"\C"#) }
  }

  @Test(arguments: ["(a+)+$", "(a|aa)+$", "(.*a){20}$"])
  func `a pattern made to explode reaches its limit instead`(pattern: String) throws {
    let text = Array((String(repeating: "a", count: 2000) + "b").utf8)
    let (_, isComplete) = try Pattern(pattern).matches(
      in: text, with: Self.scratch(), within: Self.limits)
    #expect(!isComplete)
  }

  @Test func `more matches than are wanted are told`() throws {
    let limits = MatchLimits(contentByteCount: 10, matchCountMax: 3)
    let (matches, isComplete) = try Pattern("a").matches(
      in: Array("aaaa".utf8), with: Self.scratch(), within: limits)
    #expect(matches.count == 3 && !isComplete)
    #expect(
      try Pattern("a").matches(in: Array("aaa".utf8), with: Self.scratch(), within: limits)
        .isComplete)
  }
}
