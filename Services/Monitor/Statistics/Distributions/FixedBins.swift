/// Bins that are fixed with the baseline and the same for every window, so that windows compare.
///
/// The inner edges are the baseline's deciles (`inverted_cdf`); a bin holds what is above its lower edge
/// and at most its upper one, the first and the last are open. A value that is two deciles or more gets a
/// bin of its own, so that a constant that moves is seen either way.
package struct FixedBins: Sendable, Hashable {
  /// Ascending, without repetition.
  package let edges: [Double]

  package static let countDefault = 10

  package init(edges: [Double]) {
    self.edges = edges
  }

  package init(of baseline: Distribution, count: Int = FixedBins.countDefault) {
    let inner = (1..<max(2, count)).compactMap {
      baseline.quantile(Double($0) / Double(max(2, count)))
    }
    var edges: [Double] = []
    for (index, edge) in inner.enumerated() where edge != edges.last {
      let isHeavy = inner.indices.contains(index + 1) && inner[index + 1] == edge
      let below = edge.nextDown
      if isHeavy, below.isFinite, below != edges.last { edges.append(below) }
      edges.append(edge)
    }
    self.edges = edges
  }

  package var count: Int { edges.count + 1 }

  /// The bin of a finite value.
  package func bin(of value: Double) -> Int {
    Distribution.firstIndex(in: edges) { $0 >= value }
  }

  /// Observations in each bin.
  package func counts(of distribution: Distribution) -> [Int] {
    var counts: [Int] = []
    counts.reserveCapacity(count)
    var before = 0
    for edge in edges {
      let rank = distribution.rank(of: edge)
      counts.append(rank - before)
      before = rank
    }
    return counts + [distribution.count - before]
  }
}
