/// Which worker is to be started.
struct WorkerOrder: Sendable, Hashable {
  var model: String
  var version: UInt32
  var environment: String
  /// Of its engine: the workers of a version share the machine's processors.
  var threads: Int
  var isQuarantine = false
}
