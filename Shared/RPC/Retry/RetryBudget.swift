/// How many retries may still be made: a tenth of the calls, so that an outage is never multiplied into a
/// storm.
///
/// A pure machine. Every call earns a tenth of a retry. One that its caller has sent before has cost one
/// already: so all hops together send a server no more than 1.1 times the calls, and what was there at
/// the start.
package struct RetryBudget: Sendable, Hashable {
  private var tenths: Int

  /// Retries that are there at the start, so that a worker's death costs nobody a call right after.
  package static let retriesAtStart = 100
  /// Retries that can be saved up, for the moment when a busy worker dies with its calls.
  package static let retriesMax = 1_000

  package init() {
    tenths = Self.retriesAtStart * 10
  }

  /// Notes a first attempt.
  package mutating func earn() {
    tenths = min(tenths + 1, Self.retriesMax * 10)
  }

  /// Notes a call by how often its caller has sent it before.
  package mutating func take(repetition: UInt32) {
    if repetition == 0 {
      earn()
    } else {
      tenths = max(0, tenths - 10)
    }
  }

  /// Pays for one retry, or refuses and costs nothing.
  package mutating func spend() -> Bool {
    guard tenths >= 10 else { return false }
    tenths -= 10
    return true
  }

  /// Whole retries that can be made now.
  package var retriesLeft: Int { tenths / 10 }
}
