/// Where a pattern matched, in bytes of the text; both ends lie between characters.
package struct PatternMatch: Sendable, Hashable {
  package let range: Range<Int>
  /// What each group captured, from group 1; `nil` for one that took no part.
  package let groups: [Range<Int>?]
}
