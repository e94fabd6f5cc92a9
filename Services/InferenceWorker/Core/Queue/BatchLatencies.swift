internal import Base

/// Latencies of batches by the size of a row: rows of 32 and of 512 tokens are not the same work.
package struct BatchLatencies: Sendable, Hashable {
  /// By the binary order of magnitude of a row's bytes.
  private var byMagnitude: [Int: BatchLatency] = [:]
  /// Of one row in the batches that ran lately: what the queue is really worked off with.
  package private(set) var rowNanoseconds: UInt64?

  package init() {}

  /// - Parameter first: what a call of one row took when the model was warmed, if it was measured.
  package init(first: Duration?, bytesPerRow: Int) {
    guard let first else { return }
    add(
      rows: 1, magnitude: Self.magnitude(ofBytes: bytesPerRow),
      nanoseconds: UInt64(max(0, first.wholeNanoseconds)))
  }

  package static func magnitude(ofBytes bytes: Int) -> Int {
    Int.bitWidth - max(bytes, 1).leadingZeroBitCount - 1
  }

  package mutating func add(rows: Int, magnitude: Int, nanoseconds: UInt64) {
    guard rows > 0 else { return }
    byMagnitude[magnitude, default: BatchLatency()].add(rows: rows, nanoseconds: nanoseconds)
    let each = nanoseconds / UInt64(rows)
    guard let mean = rowNanoseconds else {
      rowNanoseconds = each
      return
    }
    rowNanoseconds = mean < each ? mean + (each - mean) / 8 : mean - (mean - each) / 8
  }

  /// Of rows of a magnitude that was never measured: as the nearest larger one, or in proportion to the
  /// nearest smaller one. Nil before the first measurement.
  package func nanoseconds(rows: Int, magnitude: Int) -> UInt64? {
    if let known = byMagnitude[magnitude] { return known.nanoseconds(rows: rows) }
    if let larger = byMagnitude.keys.filter({ $0 > magnitude }).min() {
      return byMagnitude[larger]?.nanoseconds(rows: rows)
    }
    guard let smaller = byMagnitude.keys.max() else { return nil }
    return byMagnitude[smaller]?.nanoseconds(rows: rows).map { nanoseconds in
      let factor = UInt64(1) << min(magnitude - smaller, 32)
      let (product, overflow) = nanoseconds.multipliedReportingOverflow(by: factor)
      return overflow ? .max : product
    }
  }

  /// An idle engine was not tried for what is predicted here: see ``BatchLatency/doubt()``.
  package mutating func doubt(magnitude: Int) {
    if byMagnitude[magnitude] != nil {
      byMagnitude[magnitude]?.doubt()
    } else if let larger = byMagnitude.keys.filter({ $0 > magnitude }).min() {
      // From now on this magnitude has an estimate of its own.
      byMagnitude[magnitude] = byMagnitude[larger]
      byMagnitude[magnitude]?.doubt()
    } else if let smaller = byMagnitude.keys.max() {
      byMagnitude[smaller]?.doubt()
    }
  }
}
