/// Finds words wherever they stand, all in one pass.
struct Secrets {
  private static let keyBytes = 6
  private let words: [UInt64: [[UInt8]]]

  /// Each word has at least as many bytes as a key.
  init(_ words: [[UInt8]]) {
    self.words = Dictionary(grouping: Set(words)) { Self.key($0[...]) }
      .mapValues { $0.sorted { $0.count > $1.count } }
  }

  /// Where they stand, the longest at each place.
  func places(in text: [UInt8]) -> [Range<Int>] {
    guard !words.isEmpty, text.count >= Self.keyBytes else { return [] }
    var places: [Range<Int>] = []
    var key: UInt64 = 0
    for (end, byte) in text.enumerated() {
      key = (key << 8 | UInt64(byte)) & 0xFFFF_FFFF_FFFF
      let start = end + 1 - Self.keyBytes
      guard start >= 0, let candidates = words[key] else { continue }
      if let word = candidates.first(where: { text[start...].starts(with: $0) }) {
        places.append(start..<start + word.count)
      }
    }
    return places
  }

  private static func key(_ word: ArraySlice<UInt8>) -> UInt64 {
    word.prefix(keyBytes).reduce(0) { $0 << 8 | UInt64($1) }
  }
}
