internal import Matching

/// The rules of a bundle that are held against blocks, with a prefilter of their own: a pattern may
/// match in a block what it does not in the whole.
struct BlockRules: Sendable {
  private struct Member: Sendable {
    let rule: CompiledRule
    let body: any BlockRule
    let isFiltered: Bool
  }

  private let members: [Member]
  private let prefilter: Prefilter
  /// The member of each entry.
  private let owners: [Int]

  init(_ rules: [CompiledRule]) {
    var members: [Member] = []
    var entries: [PrefilterEntry] = []
    var owners: [Int] = []
    for rule in rules {
      guard let body = rule.body as? any BlockRule else { continue }
      let own = body.entries
      entries += own
      owners += own.map { _ in members.count }
      members.append(Member(rule: rule, body: body, isFiltered: !own.isEmpty))
    }
    self.members = members
    self.owners = owners
    prefilter = Prefilter(entries)
  }

  var isEmpty: Bool { members.isEmpty }

  func results(of reading: Reading, isPrefiltered: Bool) -> [VerdictWriter.Result] {
    guard let document = reading.document, !members.isEmpty else { return [] }
    var wanted = [[Block]](repeating: [], count: members.count)
    for block in document.blocks {
      for member in hits(in: block, reading, isPrefiltered) {
        if members[member].body.scope.matches(block.scope) { wanted[member].append(block) }
      }
    }
    return members.enumerated().compactMap { place, member in
      guard member.rule.concerns(reading.context), !wanted[place].isEmpty else { return nil }
      var found = Found()
      member.body.look(at: wanted[place], of: reading, &found)
      if let count = member.rule.findingsMax { found.keep(first: count) }
      guard !found.parts.isEmpty || found.limit != nil else { return nil }
      return VerdictWriter.Result(rule: member.rule, found: found)
    }
  }

  /// The members that may find something in a block.
  private func hits(in block: Block, _ reading: Reading, _ isPrefiltered: Bool) -> [Int] {
    var isHit = members.map { !$0.isFiltered }
    let text = block.text.bytes
    if isPrefiltered, !text.isEmpty {
      prefilter.scan(
        [text], isStable: Folding.isPlain(text) || StableCharacters.hold(text),
        with: reading.scratch)
    } else {
      prefilter.letAllIn(reading.scratch)
    }
    prefilter.forEachHit(in: reading.scratch) { isHit[owners[$0]] = true }
    return isHit.indices.filter { isHit[$0] }
  }
}
