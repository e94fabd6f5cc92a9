import Testing

@testable import Matching

struct PrefilterTests {
  private static func hits(
    _ prefilter: Prefilter, _ texts: [String], isStable: Bool = true
  ) throws -> [Int] {
    let scratch = try #require(MatchScratch())
    prefilter.scan(texts.map { Array($0.utf8) }, isStable: isStable, with: scratch)
    var hits: [Int] = []
    prefilter.forEachHit(in: scratch) { hits.append($0) }
    return hits
  }

  @Test func `the patterns that may match are told, and others are not`() throws {
    let prefilter = Prefilter([
      PrefilterEntry("foo"), PrefilterEntry("bar", isCaseless: true), PrefilterEntry("(?<=x)yz"),
      PrefilterEntry("nothing of it"), PrefilterEntry("gr\u{fc}n", isFolded: true),
    ])
    #expect(try Self.hits(prefilter, ["a foo, BAR, ayz"]) == [0, 1, 2])
    #expect(try Self.hits(prefilter, ["some", "gr\u{fc}n"]) == [4])
    #expect(try Self.hits(prefilter, ["some"]).isEmpty)
  }

  @Test func `what Hyperscan can't read is always let in`() throws {
    let prefilter = Prefilter([
      PrefilterEntry("(*UTF)foo"), PrefilterEntry("a\0b"), PrefilterEntry("zzz", isStable: false),
      PrefilterEntry("foo"),
    ])
    #expect(prefilter.unread == [0, 1, 2])
    #expect(try Self.hits(prefilter, ["bar"]) == [0, 1, 2])
  }

  @Test func `a text of characters that it does not know lets in all patterns but folded ones`()
    throws
  {
    let prefilter = Prefilter([PrefilterEntry("foo"), PrefilterEntry("bar", isFolded: true)])
    #expect(try Self.hits(prefilter, ["baz"], isStable: false) == [0])
  }

  @Test func `no pattern is no work`() throws {
    #expect(try Self.hits(Prefilter([]), ["foo"]).isEmpty)
    let empty = Prefilter([PrefilterEntry("(*UTF)a")])
    #expect(try Self.hits(empty, ["foo"]) == [0])
  }

  @Test func `one scratch serves many prefilters`() throws {
    let scratch = try #require(MatchScratch())
    for count in [1, 200, 3, 500] {
      let prefilter = Prefilter((0..<count).map { PrefilterEntry("word\($0)x") })
      prefilter.scan([Array("a word\(count - 1)x".utf8)], isStable: true, with: scratch)
      var hits: [Int] = []
      prefilter.forEachHit(in: scratch) { hits.append($0) }
      #expect(hits == [count - 1])
    }
  }
}
