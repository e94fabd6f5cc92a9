/// Text as a rule reads it, and where each byte of it stands in the source.
struct MappedText: Sendable {
  private(set) var bytes: [UInt8]
  /// Where the character that each byte belongs to begins and ends in the source; `nil` where the text
  /// is the source.
  private var starts: [Int32]?
  private var ends: [Int32]?
  /// Where the text begins in the source, of which it then is a part.
  private var offset = 0

  /// The source itself.
  init(source: [UInt8]) {
    bytes = source
  }

  /// Nothing yet.
  init() {
    bytes = []
    starts = []
    ends = []
  }

  /// Adds bytes that stand for the part `source`, a character of the text.
  mutating func append(_ character: some Collection<UInt8>, from source: Range<Int>) {
    bytes += character
    let count = character.count
    starts?.append(contentsOf: repeatElement(Int32(source.lowerBound), count: count))
    ends?.append(contentsOf: repeatElement(Int32(source.upperBound), count: count))
  }

  /// Adds source bytes as they are.
  mutating func append(_ source: [UInt8], _ range: Range<Int>) {
    var place = range.lowerBound
    while place < range.upperBound {
      var end = place + 1
      while end < range.upperBound, source[end] & 0xC0 == 0x80 { end += 1 }
      append(source[place..<end], from: place..<end)
      place = end
    }
  }

  /// Adds another text of the same source.
  mutating func append(_ other: MappedText) {
    bytes += other.bytes
    starts? += other.starts ?? other.bytes.indices.map { Int32(other.characterStart($0)) }
    ends? += other.ends ?? other.bytes.indices.map { Int32(other.characterEnd($0)) }
  }

  /// The same with stars in some places, each byte where it was.
  func starred(_ ranges: [Range<Int>]) -> MappedText {
    guard !ranges.isEmpty else { return self }
    var starred = self
    for range in ranges {
      for place in range where bytes[place] != 0x0A { starred.bytes[place] = 0x2A }
    }
    return starred
  }

  /// A part, as a text of its own.
  func part(_ range: Range<Int>) -> MappedText {
    if range == bytes.indices { return self }
    var part = self
    part.bytes = Array(bytes[range])
    part.starts = starts.map { Array($0[range]) }
    part.ends = ends.map { Array($0[range]) }
    part.offset = offset + range.lowerBound
    return part
  }

  /// The part of the source that `range` of the text came from.
  func source(of range: Range<Int>) -> Range<Int> {
    guard let starts, let ends else {
      return range.lowerBound + offset..<range.upperBound + offset
    }
    guard !range.isEmpty else {
      let place =
        range.lowerBound < starts.count
        ? Int(starts[range.lowerBound]) : ends.last.map { Int($0) } ?? 0
      return place..<place
    }
    let start = Int(starts[range.lowerBound])
    return start..<max(start, Int(ends[range.upperBound - 1]))
  }

  private func characterStart(_ place: Int) -> Int {
    var start = place
    while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
    return start + offset
  }

  private func characterEnd(_ place: Int) -> Int {
    var end = place + 1
    while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
    return end + offset
  }
}
