/// Takes parts out of content, and keeps what they said out of everything else that is told.
struct Redaction {
  /// What stands for words that would come back together when others are taken out.
  private static let fallback = "<REDACTED>"
  /// Shorter words are too common to be a secret wherever they stand.
  private static let secretBytesMin = 6
  private static let passesMax = 8

  struct Cut {
    var range: Range<Int>
    var replacement: String
    var rank: Int
  }

  /// By place, without overlaps.
  let cuts: [Cut]
  private let secrets: Secrets

  /// `nil` if there is nothing to take out.
  ///
  /// - Parameters:
  ///   - parts: what is to go, and what stands in its place; of parts that overlap the highest score's.
  ///   - secrets: words that must not appear anywhere else either.
  init?(
    _ source: [UInt8], parts: [(range: Range<Int>, replacement: String, score: Int)],
    secrets words: [[UInt8]]
  ) {
    guard !parts.isEmpty else { return nil }
    secrets = Secrets(words.filter { $0.count >= Self.secretBytesMin })
    var cuts = parts.map { Cut(range: $0.range, replacement: $0.replacement, rank: $0.score) }
    for range in secrets.places(in: source) where !parts.contains(where: { $0.range == range }) {
      cuts.append(Cut(range: range, replacement: Self.fallback, rank: -1))
    }
    self.cuts = Self.merged(cuts)
  }

  /// The content without them.
  func apply(to source: [UInt8]) -> [UInt8] {
    var output = cut(source, 0..<source.count)
    for _ in 0..<Self.passesMax {
      let places = secrets.places(in: output)
      if places.isEmpty { return output }
      let again = Self.merged(
        places.map { Cut(range: $0, replacement: Self.fallback, rank: 0) })
      output = Self.cut(output, 0..<output.count, again)
    }
    return Array(Self.fallback.utf8)
  }

  func touches(_ range: Range<Int>) -> Bool {
    cuts.contains { $0.range.overlaps(range) }
  }

  /// What may be shown of a part.
  func shown(_ source: [UInt8], _ range: Range<Int>) -> String {
    clean(String(decoding: cut(source, range), as: UTF8.self))
  }

  /// A text that a rule wrote, without what was taken out.
  func clean(_ text: String) -> String {
    let bytes = Array(text.utf8)
    let places = secrets.places(in: bytes)
    guard !places.isEmpty else { return text }
    return String(decoding: apply(to: bytes, places), as: UTF8.self)
  }

  private func apply(to bytes: [UInt8], _ places: [Range<Int>]) -> [UInt8] {
    let cuts = Self.merged(places.map { Cut(range: $0, replacement: Self.fallback, rank: 0) })
    let once = Self.cut(bytes, 0..<bytes.count, cuts)
    return secrets.places(in: once).isEmpty ? once : Array(Self.fallback.utf8)
  }

  private func cut(_ source: [UInt8], _ range: Range<Int>) -> [UInt8] {
    Self.cut(source, range, cuts)
  }

  private static func cut(_ source: [UInt8], _ range: Range<Int>, _ cuts: [Cut]) -> [UInt8] {
    var output: [UInt8] = []
    var place = range.lowerBound
    for cut in cuts where cut.range.overlaps(range) {
      if cut.range.lowerBound > place { output += source[place..<cut.range.lowerBound] }
      output += Array(cut.replacement.utf8)
      place = max(place, cut.range.upperBound)
    }
    if place < range.upperBound { output += source[place..<range.upperBound] }
    return output
  }

  private static func merged(_ cuts: [Cut]) -> [Cut] {
    var merged: [Cut] = []
    let ordered = cuts.sorted {
      ($0.range.lowerBound, -$0.range.upperBound, -$0.rank, $0.replacement)
        < ($1.range.lowerBound, -$1.range.upperBound, -$1.rank, $1.replacement)
    }
    for cut in ordered {
      guard let last = merged.last, last.range.overlaps(cut.range) else {
        merged.append(cut)
        continue
      }
      var joined = last.rank >= cut.rank ? last : cut
      joined.range =
        last.range.lowerBound..<max(last.range.upperBound, cut.range.upperBound)
      merged[merged.count - 1] = joined
    }
    return merged
  }
}
