/// Counts characters up to places in bytes.
struct Positions {
  private let characters: [Int: Int]

  /// - Parameter places: byte offsets between characters of `text`, valid UTF-8.
  init(_ places: some Sequence<Int>, in text: [UInt8]) {
    var characters: [Int: Int] = [:]
    var (place, count) = (0, 0)
    for next in Set(places).sorted() {
      while place < next {
        if text[place] & 0xC0 != 0x80 { count += 1 }
        place += 1
      }
      characters[next] = count
    }
    self.characters = characters
  }

  func span(_ bytes: Range<Int>) -> ContentSpan {
    ContentSpan(
      bytes: bytes,
      characters: (characters[bytes.lowerBound] ?? 0)..<(characters[bytes.upperBound] ?? 0))
  }
}
