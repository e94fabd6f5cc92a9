import Trust

/// One state of an item's content, as far as decisions are concerned.
struct ReviewedRevision: Hashable, Sendable {
  /// 1, 2, 3 …
  let number: UInt32
  let seal: ReviewSeal
  let workflow: Workflow
  /// Whether people may let it through: not where policy blocks it, and not where it has parts that must
  /// be taken out first.
  let isApprovable: Bool
  /// Whoever wrote it; nil where only policy, template or workflow changed around it.
  let writer: PersonID?
}
