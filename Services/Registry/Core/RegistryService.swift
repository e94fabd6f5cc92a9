import AuditLog
package import Trust

/// The registry: its stores and its verbs, by noun.
///
/// `open` brings everything to where it was before the last stop or crash; `run` then keeps time.
package struct RegistryService: Sendable {
  package let models: Models
  package let pushes: Pushes
  package let approvals: Approvals
  package let deployments: Deployments
  package let leases: Leases
  package let watches: Watches
  package let scaling: Scaling
  private let store: RegistryStore
  private let board: ChangeBoard

  /// Opens the state directory, makes what is missing in it, and clears what a crash left.
  ///
  /// - Parameters:
  ///   - now: the time of day.
  ///   - leaseTime: time that never jumps, for leases.
  /// - Throws: `failed` with the cause where the state or the trust file can't be read.
  package static func open(
    _ configuration: RegistryConfiguration, now: @escaping @Sendable () -> Timestamp,
    leaseTime: @escaping @Sendable () -> Timestamp
  ) async throws(RegistryError) -> RegistryService {
    let service = try await RegistryService(configuration, now: now, leaseTime: leaseTime)
    try await service.pushes.sweep()
    try await service.leases.restore()
    return service
  }

  /// Opens it on the machine's own clocks.
  package static func open(
    _ configuration: RegistryConfiguration
  ) async throws(RegistryError) -> RegistryService {
    let (start, origin) = (Timestamp.now(), ContinuousClock.now)
    return try await open(
      configuration, now: { .now() },
      leaseTime: { start.adding(origin.duration(to: .now)) })
  }

  private init(
    _ configuration: RegistryConfiguration, now: @escaping @Sendable () -> Timestamp,
    leaseTime: @escaping @Sendable () -> Timestamp
  ) async throws(RegistryError) {
    let limits = configuration.limits
    let directory = configuration.stateDirectory
    // Readers never wait for an upload whose digest is computed again after a restart.
    let (uploading, reading) = (DiskQueue(name: "uploads"), DiskQueue(name: "reads"))
    let files = try await reading.run(key: directory) { () throws(RegistryError) in
      try ArtifactFiles(stateDirectory: directory)
    }
    store = try await RegistryStore.open(path: "\(directory)/registry.sqlite", now: now)
    board = ChangeBoard(watchersMax: limits.watchersMax)
    let path = configuration.trustFilePath
    let trust: @Sendable () async throws(RegistryError) -> TrustDesk = {
      () async throws(RegistryError) in try await TrustDesk.load(path: path, queue: reading)
    }
    _ = try await trust()
    let artifacts = ArtifactStore(files: files, queue: reading)
    leases = Leases(store: store, board: board, limits: limits, now: leaseTime)
    models = Models(
      store: store, artifacts: artifacts, leases: leases, board: board, limits: limits)
    pushes = Pushes(
      store: store, uploads: UploadDesk(files: files, queue: uploading), artifacts: artifacts,
      files: files, disk: reading, board: board, limits: limits, trust: trust)
    approvals = Approvals(store: store, limits: limits, trust: trust)
    deployments = Deployments(store: store, board: board, limits: limits, trust: trust)
    scaling = Scaling(store: store, leases: leases, board: board)
    watches = Watches(
      store: store, leases: leases, board: board, scaling: scaling, limits: limits)
  }

  /// Ends leases and pushes whose time is over, and lets numbers of workers follow the load, until the
  /// task is cancelled.
  ///
  /// What fails is tried again at the next turn, and reported once.
  ///
  /// - Parameter report: told of what went wrong, for the log.
  package func run(report: @Sendable (RegistryError) -> Void) async {
    let turnsPerPushCheck = 60 * 4
    let turnsPerScaling = 4
    var turn = 0
    var reported: RegistryError?
    while (try? await Task.sleep(for: .milliseconds(250))) != nil {
      do throws(RegistryError) {
        try await leases.expire()
        if turn % turnsPerPushCheck == 0 { try await pushes.expire() }
        if turn % turnsPerScaling == 0 { try await scaling.turn() }
        reported = nil
      } catch {
        // What was under way when the service ended is no fault.
        guard !Task.isCancelled else { return }
        if error != reported { report(error) }
        reported = error
      }
      turn += 1
    }
  }

  /// Hands what happened to the transparency log until the task is cancelled.
  ///
  /// - Parameters:
  ///   - append: takes canonical bytes and returns when the log has them on disk.
  ///   - report: told of what keeps it, for the service's own log.
  package func drainOutbox(
    to append: @escaping @Sendable ([[UInt8]]) async throws -> Void,
    report: @Sendable (_ cause: String) -> Void
  ) async {
    await store.drainOutbox(to: append, report: report)
  }

  /// Changes that wait for the log, oldest first.
  func entries() async throws(RegistryError) -> [AuditEntry] {
    try await store.pendingEntries()
  }

  /// Ends the watches, which never end by themselves, so that a drain need not wait for them.
  package func endWatches() {
    board.close()
  }

  /// Ends the watches and closes the database. No verb may follow.
  package func close() async throws(RegistryError) {
    board.close()
    try await store.close()
  }
}
