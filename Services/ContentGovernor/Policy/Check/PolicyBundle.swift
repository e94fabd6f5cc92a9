internal import Matching

/// A policy bundle, compiled: what content is held against.
package final class PolicyBundle: Sendable {
  /// What its rules mean and what decides them: part of every verdict.
  package static let checker =
    "slipway-policy/1 folding/\(Folding.version) pcre2/\(Pattern.engine) "
    + "hyperscan/\(Prefilter.engine)"

  package let name: String
  package let version: String
  /// `sha256:` and 64 digits.
  package let digest: String
  package let examples: [BundleExample]
  /// Names and kinds, for people.
  package var ruleNames: [(name: String, kind: String, action: VerdictAction)] {
    rules.map { ($0.name, $0.kind, $0.action) }
  }

  private let rules: [CompiledRule]
  private let prefilter: Prefilter
  /// Rule and place in its own entries, for each of the prefilter's.
  private let owners: [(rule: Int, entry: Int)]
  /// Rules that always look.
  private let alwaysRules: [Int]
  private let blocks: BlockRules
  private let pool = ScratchPool()

  init(
    name: String, version: String, digest: String, examples: [BundleExample],
    rules: [CompiledRule]
  ) {
    self.name = name
    self.version = version
    self.digest = digest
    self.examples = examples
    // Their order says nothing.
    self.rules = rules.sorted { $0.name < $1.name }
    var entries: [PrefilterEntry] = []
    var owners: [(rule: Int, entry: Int)] = []
    var alwaysRules: [Int] = []
    for (place, rule) in self.rules.enumerated() where !(rule.body is any BlockRule) {
      let own = rule.body.entries
      if own.isEmpty { alwaysRules.append(place) }
      entries += own
      owners += own.indices.map { (place, $0) }
    }
    self.owners = owners
    self.alwaysRules = alwaysRules
    blocks = BlockRules(self.rules)
    prefilter = Prefilter(entries)
  }

  /// What the bundle says of `content`, which is at most ``PolicyLimits/contentBytesMax`` long. Takes
  /// time on the calling thread: microseconds for a kilobyte, seconds for the longest.
  package func check(_ content: [UInt8], in context: CheckContext) -> Verdict {
    check(content, in: context, isPrefiltered: true)
  }

  /// - Parameter isPrefiltered: false to let PCRE2 look for every pattern, which gives the same verdict.
  func check(_ content: [UInt8], in context: CheckContext, isPrefiltered: Bool) -> Verdict {
    if let place = Self.invalidPlace(in: content) {
      return VerdictWriter.unreadable(at: place, bundleDigest: digest)
    }
    return pool.withScratch(forTextOf: content.count) { scratch in
      guard let scratch else {
        return VerdictWriter.unchecked("there is no memory to match in", bundleDigest: digest)
      }
      let reading = Reading(
        content, context: context, needsBlocks: !blocks.isEmpty, scratch: scratch)
      return VerdictWriter(
        source: content, results: results(of: reading, isPrefiltered: isPrefiltered)
      ).verdict(bundleDigest: digest)
    }
  }

  private func results(of reading: Reading, isPrefiltered: Bool) -> [VerdictWriter.Result] {
    var hits: [(rule: Int, entries: [Int])] = alwaysRules.map { ($0, []) }
    let scratch = reading.scratch
    if isPrefiltered, !reading.text.bytes.isEmpty {
      prefilter.scan(reading.scannedTexts, isStable: reading.isStable, with: scratch)
    } else {
      prefilter.letAllIn(scratch)
    }
    prefilter.forEachHit(in: scratch) { hit in
      let (rule, entry) = owners[hit]
      if hits.last?.rule == rule {
        hits[hits.count - 1].entries.append(entry)
      } else {
        hits.append((rule, [entry]))
      }
    }
    let results: [VerdictWriter.Result] = hits.compactMap { place, entries in
      let rule = rules[place]
      guard rule.concerns(reading.context) else { return nil }
      var found = Found()
      rule.body.look(at: reading, hits: entries, &found)
      guard !found.parts.isEmpty || found.limit != nil else { return nil }
      return VerdictWriter.Result(rule: rule, found: found)
    }
    return results + blocks.results(of: reading, isPrefiltered: isPrefiltered)
  }

  /// The first byte that is no UTF-8.
  private static func invalidPlace(in content: [UInt8]) -> Int? {
    if Folding.isPlain(content) || String(validating: content, as: UTF8.self) != nil { return nil }
    var decoder = UTF8()
    var iterator = content.makeIterator()
    var place = 0
    while case .scalarValue(let scalar) = decoder.decode(&iterator) {
      place += String(scalar).utf8.count
    }
    return min(place, content.count)
  }
}
