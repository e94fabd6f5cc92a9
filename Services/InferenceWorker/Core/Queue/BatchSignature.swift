/// What calls must have in common to leave in one batch: datatypes and shapes without the batch's
/// dimension (an open length that may be padded by its bucket), and the outputs that are wanted.
///
/// Parameters are part of it by being none: those that would change an answer are refused before.
package struct BatchSignature: Sendable, Hashable {
  /// Datatypes and lengths in the order of the model's inputs, then the numbers of the outputs.
  package let parts: [Int]

  package init(parts: [Int]) {
    self.parts = parts
  }
}
