/// A worker's place in the arrays of the hot path.
///
/// The index is dense and used again after a worker has gone; the generation tells the two apart.
package struct WorkerSlot: Sendable, Hashable {
  /// 0 ..< ``WorkerLoads/workersMax``.
  package let index: Int
  package let generation: UInt32
}
