/// How long the engine takes for batches of some number of rows: an online estimate for each size,
/// made monotone, and interpolated between the sizes that were measured.
package struct BatchLatency: Sendable, Hashable {
  /// Each measurement moves its mean by 1/8 of the difference, as TCP's round-trip time (RFC 6298):
  /// an outlier counts for little, a change is followed within some 20 batches.
  private static let weight = 8.0

  private struct Point: Sendable, Hashable {
    var rows: Double
    var nanoseconds: Double
    /// Measurements, as far as they count.
    var count: Double
  }

  /// By size class; nil where nothing was measured.
  private var measured: [Point?] = []
  /// The measured points with rising rows and never falling times (pool adjacent violators).
  private var curve: [Point] = []

  package init() {}

  package var isEmpty: Bool { curve.isEmpty }

  package mutating func add(rows: Int, nanoseconds: UInt64) {
    guard rows > 0 else { return }
    let index = Self.sizeClass(rows)
    while measured.count <= index { measured.append(nil) }
    let (rows, time) = (Double(rows), Double(nanoseconds))
    if let old = measured[index] {
      measured[index] = Point(
        rows: old.rows + (rows - old.rows) / Self.weight,
        nanoseconds: old.nanoseconds + (time - old.nanoseconds) / Self.weight,
        count: min(old.count + 1, Self.weight))
    } else {
      measured[index] = Point(rows: rows, nanoseconds: time, count: 1)
    }
    fit()
  }

  /// Nil before the first measurement. Below the smallest measured size it says that size's time, above
  /// the largest one that time in proportion: both are too long rather than too short.
  package func nanoseconds(rows: Int) -> UInt64? {
    guard let first = curve.first, let last = curve.last else { return nil }
    let rows = Double(max(rows, 1))
    if rows <= first.rows { return UInt64(first.nanoseconds) }
    if rows >= last.rows { return Self.whole(last.nanoseconds * rows / last.rows) }
    let upper = curve.firstIndex { $0.rows >= rows } ?? curve.count - 1
    let (low, high) = (curve[upper - 1], curve[upper])
    let share = (rows - low.rows) / (high.rows - low.rows)
    return Self.whole(low.nanoseconds + share * (high.nanoseconds - low.nanoseconds))
  }

  /// Lowers what is predicted by an eighth: a call was refused for it that an idle engine might have
  /// served. Without doubt one slow measurement could refuse every call that would correct it.
  package mutating func doubt() {
    for index in measured.indices { measured[index]?.nanoseconds *= 1 - 1 / Self.weight }
    fit()
  }

  /// Classes of sizes: 1, 2, 3, 4, 5–6, 7–8, 9–12, 13–16, … two for each doubling.
  static func sizeClass(_ rows: Int) -> Int {
    guard rows > 2 else { return rows - 1 }
    let below = rows - 1
    let exponent = Int.bitWidth - 1 - below.leadingZeroBitCount
    let half = (below >> (exponent - 1)) & 1
    return 2 * exponent + half
  }

  /// Isotonic regression: neighbours that fall are replaced by their mean.
  private mutating func fit() {
    var blocks: [(point: Point, first: Int)] = []
    let points = measured.compactMap { $0 }
    for (index, point) in points.enumerated() {
      var block = (point: point, first: index)
      while let before = blocks.last, before.point.nanoseconds > block.point.nanoseconds {
        blocks.removeLast()
        let count = before.point.count + block.point.count
        block.point.nanoseconds =
          (before.point.nanoseconds * before.point.count
            + block.point.nanoseconds * block.point.count) / count
        block.point.count = count
        block.first = before.first
      }
      blocks.append(block)
    }
    curve = points
    for (place, block) in blocks.enumerated() {
      let end = place + 1 < blocks.count ? blocks[place + 1].first : points.count
      for index in block.first..<end { curve[index].nanoseconds = block.point.nanoseconds }
    }
  }

  private static func whole(_ nanoseconds: Double) -> UInt64 {
    UInt64(exactly: nanoseconds.rounded()) ?? .max
  }
}
