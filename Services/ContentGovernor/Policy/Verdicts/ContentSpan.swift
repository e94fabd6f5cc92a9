/// A part of content, counted in two ways.
package struct ContentSpan: Sendable, Hashable {
  /// Offsets into the UTF-8 bytes; both ends lie between characters.
  package let bytes: Range<Int>
  /// The same part in Unicode scalar values, as Python, PostgreSQL and Presidio count. Grapheme
  /// clusters would change with each version of Unicode.
  package let characters: Range<Int>

  package init(bytes: Range<Int>, characters: Range<Int>) {
    self.bytes = bytes
    self.characters = characters
  }
}
