/// The live workers of one version.
struct VersionRoute: Sendable, Hashable {
  var number: UInt32
  /// Counts calls of the version, whatever becomes of its workers.
  var versionSlot: Int
  /// Not draining and not expired when the registry last spoke.
  var workers: [Candidate]

  struct Candidate: Sendable, Hashable {
    var slot: WorkerSlot
    var queueDepth: Int32
  }
}
