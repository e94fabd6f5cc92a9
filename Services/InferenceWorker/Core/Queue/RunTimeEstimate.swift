internal import Base

/// How long the engine takes for one call: an exponentially weighted mean of what was measured.
package struct RunTimeEstimate: Sendable, Hashable {
  /// Each measurement moves the mean by 1/8 of the difference, as TCP's round-trip time (RFC 6298):
  /// an outlier counts for little, a change is followed within some 20 calls.
  private static let weight: UInt64 = 8

  /// Nil before the first measurement.
  package private(set) var meanNanoseconds: UInt64?

  /// - Parameter first: what warming up took, if it was measured.
  package init(first: Duration? = nil) {
    meanNanoseconds = first.map { UInt64(max(0, $0.wholeNanoseconds)) }
  }

  package mutating func add(nanoseconds: UInt64) {
    guard let mean = meanNanoseconds else {
      meanNanoseconds = nanoseconds
      return
    }
    meanNanoseconds =
      mean < nanoseconds
      ? mean + (nanoseconds - mean) / Self.weight : mean - (mean - nanoseconds) / Self.weight
  }
}
