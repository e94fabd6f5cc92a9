/// Where a worker is in its life, by the names that `GetStatus` says.
package enum WorkerPhase: String, Sendable, Hashable {
  case loading
  case serving
  /// Finishes what it has taken.
  case draining
  /// It could not load its version.
  case failed
  /// Drained; the process may end.
  case stopped
}
