import Trust

/// What a decision is bound to: one exact content for one exact purpose.
///
/// The digest is for people and programs that hold the content. The seal is for rows and for the log: a
/// keyed commitment, which says nothing of content that is gone, because its key is gone too.
struct ReviewSeal: Hashable, Sendable {
  let bytes: [UInt8]

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// As the log writes it.
  var text: String { ContentDigest(bytes: bytes)?.hex ?? "" }
}
