/// The live workers of one version.
struct VersionRoute: Sendable, Hashable {
  var number: UInt32
  /// Counts calls of the version, whatever becomes of its workers.
  var versionSlot: Int
  /// Not draining and not expired when the registry last spoke.
  var workers: [Candidate]
  /// When the last worker was gone, wall time in nanoseconds since 1970; `nil` if there is one, or never was.
  var lostAt: Int64?
  /// A call for it has a worker started, if there is none.
  var startsOnDemand = false
  /// Workers for suspects; none of ``workers``.
  var quarantine: [WorkerSlot] = []

  struct Candidate: Sendable, Hashable {
    var slot: WorkerSlot
    var queueDepth: Int32
  }
}
