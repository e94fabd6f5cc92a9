/// A live worker that calls can be sent to.
package struct Worker: Sendable, Hashable {
  package let slot: WorkerSlot
  package let id: String
  /// host:port
  package let endpoint: String
}
