import Contracts
import MonitorStatistics

extension Monitor.ColumnProfile {
  /// What is kept of a column for later comparison.
  init(_ column: ColumnWindow, limits: MonitorLimits) {
    let distribution = column.distribution
    let bins = FixedBins(of: distribution)
    let top = column.isNumeric ? [] : column.categories.top
    self.init(
      name: column.name, role: column.role, kind: column.kind, rows: UInt64(column.rowCount),
      missing: UInt64(column.missing), notFinite: UInt64(column.notFinite),
      smallest: distribution.isEmpty ? 0 : column.smallest,
      largest: distribution.isEmpty ? 0 : column.largest,
      values: Self.thinned(distribution, to: limits.baselineValuesMax),
      edges: bins.edges,
      binCounts: column.isNumeric ? bins.counts(of: distribution).map { UInt64($0) } : [],
      categories: top.prefix(limits.categoriesMax).map {
        Monitor.CategoryCount(name: $0.name, count: UInt64($0.count))
      },
      distinct: column.distinct)
  }

  /// All values, or the quantiles that share them out evenly.
  private static func thinned(_ distribution: Distribution, to count: Int) -> [Double] {
    guard distribution.count > count || distribution.values.count < distribution.count else {
      return distribution.values
    }
    let kept = min(count, distribution.count)
    return (0..<kept).compactMap { place in
      distribution.quantile((Double(place) + 0.5) / Double(kept))
    }
  }

  var isNumeric: Bool { kind == "number" }
  /// Rows that have a finite number or a category.
  var present: UInt64 { rows - min(rows, missing + notFinite) }
}
