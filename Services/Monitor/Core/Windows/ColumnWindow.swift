import MonitorStatistics

/// What a column was in a window. Up to a limit every value is kept; above, sketches, so that a column
/// takes at most about 64 KiB beside them however long the window is.
struct ColumnWindow: Sendable {
  let name: String
  let role: String
  let kind: String
  private(set) var rowCount = 0
  private(set) var missing = 0
  private(set) var notFinite = 0
  private(set) var smallest = Double.infinity
  private(set) var largest = -Double.infinity
  private(set) var categories = TopCategories()
  private var values: [Double] = []
  private var sketch: QuantileSketch?
  private var different = DistinctSketch()
  private let exactRowsMax: Int

  init(name: String, role: String, kind: String, exactRowsMax: Int) {
    self.name = name
    self.role = role
    self.kind = kind
    self.exactRowsMax = exactRowsMax
  }

  var isExact: Bool { sketch == nil }
  var isNumeric: Bool { kind == "number" }
  var distinct: Double { rowCount == missing ? 0 : different.estimate }

  /// Finite values.
  var distribution: Distribution { sketch?.distribution ?? Distribution(values) }

  mutating func add(_ number: Double) {
    rowCount += 1
    if number.isNaN {
      missing += 1
      return
    }
    guard number.isFinite else {
      notFinite += 1
      return
    }
    smallest = min(smallest, number)
    largest = max(largest, number)
    different.add(hash: StableHash.hash(number))
    if sketch != nil {
      sketch?.add(number)
      return
    }
    values.append(number)
    guard values.count > exactRowsMax else { return }
    var all = QuantileSketch()
    for value in values { all.add(value) }
    sketch = all
    values = []
  }

  mutating func add(_ category: String) {
    rowCount += 1
    if category.isEmpty {
      missing += 1
      return
    }
    categories.add(category)
    different.add(hash: StableHash.hash(category.utf8))
  }
}
