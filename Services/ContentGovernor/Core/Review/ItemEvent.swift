import Trust

/// Something that happened to an item.
struct ItemEvent: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case revise(ReviewedRevision)
    /// The same content under another policy bundle, template or workflow.
    case rebind(ReviewedRevision)
    case comment
    case approve(ReviewSeal)
    case reject(ReviewSeal)
    case requestChanges(ReviewSeal)
    /// The open step's time is over.
    case lapse
    case release(ReviewSeal, until: Timestamp?)
    /// The release's time is over.
    case expire
    case recall
    /// The content is gone for ever.
    case erase
  }

  let kind: Kind
  /// Nil for the governor itself.
  let by: PersonID?
  let at: Timestamp
}
