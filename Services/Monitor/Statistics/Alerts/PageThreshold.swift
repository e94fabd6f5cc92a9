internal import Foundation

/// From which surprise on a look at a model pages somebody, so that quiet times page no oftener than a budget
/// allows.
///
/// A look's *surprise* is the negative logarithm of its p-value, all tests of the look counted. If rows were
/// independent, a quiet look's surprise would exceed `t` with a chance of at most `exp(-t)`. Real ones are
/// not: hours resemble each other, and p-values come out too small. So the tail is learnt from the model's
/// own quiet looks: beyond their 80th percentile it falls exponentially, as the tails of such statistics do,
/// at a rate that these looks tell. The rate is taken as slower than it looks by its own standard error, so
/// that what is not known yet costs lateness and not false pages.
package struct PageThreshold: Sendable, Hashable {
  /// Looks from which on the tail is learnt; before, it is taken to be ``unknownStretch`` times as long as
  /// that of independent rows.
  package static let learntFromMin = 50
  package static let unknownStretch = 3.0
  /// The share of the looks that the tail is learnt from.
  private static let tailShare = 0.2
  /// More looks than this tell of times that are gone.
  package static let historyMax = 2000

  /// False pages that a year may have.
  package let pagesPerYear: Double
  package let looksPerYear: Double

  package init(pagesPerYear: Double, looksPerYear: Double) {
    self.pagesPerYear = pagesPerYear
    self.looksPerYear = looksPerYear
  }

  /// The chance of a false page that one look may have.
  package var chancePerLook: Double { min(1, pagesPerYear / max(1, looksPerYear)) }

  /// The surprise of a p-value.
  package static func surprise(pValue: Double) -> Double {
    -log(max(pValue, .leastNormalMagnitude))
  }

  /// - Parameter history: surprises of looks in which nothing was wrong.
  package func threshold(history: [Double]) -> Double {
    let independent = -log(chancePerLook)
    guard history.count >= Self.learntFromMin else { return Self.unknownStretch * independent }
    let sorted = history.suffix(Self.historyMax).sorted()
    let start = sorted.count - max(10, Int(Double(sorted.count) * Self.tailShare))
    let body = sorted[start]
    let excesses = sorted[start...].map { $0 - body }
    let count = Double(excesses.count)
    let mean = excesses.reduce(0, +) / count
    let slower = mean * (1 + 1 / count.squareRoot())
    let learnt = body + slower * max(0, log(count / Double(sorted.count) / chancePerLook))
    return max(independent, learnt)
  }
}
