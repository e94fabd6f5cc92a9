internal import Matching

/// A rule that is held against blocks of a document, one by one.
protocol BlockRule: RuleBody {
  var scope: ScopeSelector { get }

  /// - Parameter blocks: in order, those of its scope; where the rule has entries, only those in which
  ///   one may match.
  func look(at blocks: [Block], of reading: Reading, _ found: inout Found)
}

extension BlockRule {
  func look(at reading: Reading, hits: [Int], _ found: inout Found) {}
}
