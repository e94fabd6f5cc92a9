/// A field of a card's `serving` section that can't be followed; for whoever wrote the card.
package struct ServingCardError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Such as `serving.batch_rows_max`.
  package let field: String
  package let expected: String

  package init(field: String, expected: String) {
    self.field = field
    self.expected = expected
  }

  package var description: String { "field `\(field)`: expected \(expected)" }
}
