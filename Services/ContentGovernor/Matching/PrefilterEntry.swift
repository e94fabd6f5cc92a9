/// What a prefilter knows of one pattern.
package struct PrefilterEntry: Sendable, Hashable {
  package let source: String
  package let isCaseless: Bool
  /// Bytes of folded text, in which there is but one spelling of a letter; else Unicode.
  package let isFolded: Bool
  /// False for a pattern with characters that Hyperscan may not know, which is then always let in.
  package let isStable: Bool

  package init(
    _ source: String, isCaseless: Bool = false, isFolded: Bool = false, isStable: Bool = true
  ) {
    self.source = source
    self.isCaseless = isCaseless
    self.isFolded = isFolded
    self.isStable = isStable
  }
}
