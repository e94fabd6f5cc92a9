/// The most frequent of any number of categories (Misra and Gries, 1982; merged as Agarwal et al., 2012).
///
/// A count is never too high, and too low by at most ``errorMax``: `count / 257`. So every category that
/// makes up more than that is among them, in whatever order values came and sketches were merged.
package struct TopCategories: Sendable, Hashable {
  package static let size = 256
  /// Longer names are cut; what they are told apart by is their hash.
  package static let nameBytesMax = 96

  private var counts: [String: Int] = [:]
  package private(set) var count = 0

  package init() {}

  package mutating func add(_ name: String, count added: Int = 1) {
    counts[Self.short(name), default: 0] += added
    count += added
    trim()
  }

  package mutating func merge(_ other: TopCategories) {
    counts.merge(other.counts, uniquingKeysWith: +)
    count += other.count
    trim()
  }

  /// What a count may be short of.
  package var errorMax: Int { count / (Self.size + 1) }

  /// Most frequent first; equal ones by name.
  package var top: [(name: String, count: Int)] {
    counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
  }

  package subscript(name: String) -> Int { counts[Self.short(name)] ?? 0 }

  package static func short(_ name: String) -> String {
    guard name.utf8.count > nameBytesMax else { return name }
    var cut = name
    while cut.utf8.count > nameBytesMax - 17 { cut.removeLast() }
    return "\(cut)~\(String(StableHash.hash(name.utf8), radix: 16))"
  }

  private mutating func trim() {
    guard counts.count > Self.size else { return }
    // What the largest that is given up has is taken from all.
    let taken = counts.values.sorted(by: >)[Self.size]
    counts = counts.compactMapValues { $0 > taken ? $0 - taken : nil }
  }
}
