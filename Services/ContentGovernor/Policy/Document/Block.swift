/// A part of a document that is read as one: a paragraph, a heading, a cell.
struct Block: Sendable {
  /// As Vale names it, such as `text heading h2 md`.
  let scope: [String]
  /// What is read, code between the lines starred out.
  let text: MappedText
  /// Whether it is prose, which has sentences and counts for readability.
  let isProse: Bool
}
