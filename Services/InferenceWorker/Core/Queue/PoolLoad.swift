/// What a pool has to do now and has done since it began.
package struct PoolLoad: Sendable, Hashable {
  /// Calls that wait for the engine.
  package var queueDepth = 0
  /// Calls in the engine.
  package var inFlight = 0
  /// Calls that came, refused ones too.
  package var requests: UInt64 = 0
  /// Runs of the engine, each of one or more calls.
  package var runs: UInt64 = 0
  /// Calls that the engine failed on.
  package var failures: UInt64 = 0
  /// Calls that were not admitted.
  package var refused: UInt64 = 0
  /// Of these, calls that would have had to wait too long.
  package var crowdedOut: UInt64 = 0
  /// Nanoseconds that the calls that came were predicted to wait for an instance, all together.
  package var predictedWait: UInt64 = 0
  /// Nanoseconds that instances have computed, all together.
  package var computed: UInt64 = 0
  package var instances = 1
  /// Calls that never reached the engine, or were ended in it.
  package var dropped: [DropCause: UInt64] = [:]
  /// Nanoseconds of computing that nobody had anything of.
  package var wasted: [WasteCause: UInt64] = [:]

  package init() {}

  package var droppedTotal: UInt64 { dropped.values.reduce(0, +) }
}
