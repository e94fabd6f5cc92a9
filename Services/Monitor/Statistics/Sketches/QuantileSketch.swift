/// A distribution of any number of values in at most 64 KiB (KLL: Karnin, Lang and Liberty, 2016).
///
/// The share of the values up to any point is right within ``rankErrorMax`` with 99 % certainty, however
/// many values there were and however sketches were merged. Up to ``size`` values it is exact. Chance
/// comes from a seed, so the same values in the same order give the same sketch.
package struct QuantileSketch: Sendable, Hashable {
  /// Values that the top level holds; the levels below hold two thirds of the one above them.
  package static let size = 1800
  /// Of a share, for one point.
  package static let rankErrorMax = 0.005
  private static let levelSizeMin = 8

  /// A value at level h stands for `1 << h` observations.
  private var levels: [[Double]] = [[]]
  package private(set) var count = 0
  private var random: SeededRandom

  package init(seed: UInt64 = 1) {
    random = SeededRandom(seed: seed)
  }

  /// Takes a finite value.
  package mutating func add(_ value: Double) {
    levels[0].append(value)
    count += 1
    if levels[0].count >= Self.size { compress() }
  }

  package mutating func merge(_ other: QuantileSketch) {
    while levels.count < other.levels.count { levels.append([]) }
    for (level, values) in other.levels.enumerated() { levels[level] += values }
    count += other.count
    compress()
  }

  /// What the sketch knows, as a distribution with fewer values.
  package var distribution: Distribution {
    let weighted = levels.enumerated().flatMap { level, values in
      values.map { (value: $0, weight: 1 << level) }
    }
    return Distribution(weighted: weighted.sorted { $0.value < $1.value })
  }

  /// Bytes that the values take.
  package var byteCount: Int { levels.reduce(0) { $0 + $1.count } * MemoryLayout<Double>.size }

  private func capacity(_ level: Int) -> Int {
    var capacity = Double(Self.size)
    for _ in level..<(levels.count - 1) { capacity *= 2.0 / 3 }
    return max(Self.levelSizeMin, Int(capacity.rounded(.up)))
  }

  private mutating func compress() {
    var level = 0
    while level < levels.count {
      let isFull = levels[level].count >= (level == 0 ? Self.size : capacity(level) + 1)
      if isFull { compact(level) }
      level += 1
    }
  }

  /// Half of the level's values go up, every second of them in order, the odd or the even ones by chance.
  private mutating func compact(_ level: Int) {
    if level + 1 == levels.count { levels.append([]) }
    var values = levels[level].sorted()
    var kept: [Double] = []
    if !values.count.isMultiple(of: 2) { kept = [values.removeLast()] }
    let offset = random.below(2)
    levels[level + 1] += stride(from: offset, to: values.count, by: 2).map { values[$0] }
    levels[level] = kept
  }
}
