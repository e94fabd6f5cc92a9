import Contracts
import Trust

/// Which workers are alive: a pure machine over leases and the time it is told.
///
/// A verb says what a change would be; `apply` makes it. In between the change can be made durable.
/// A lease whose time is over is as good as gone, even before `expired` has named it.
struct LeaseMachine: Sendable {
  enum State {
    static let serving = "serving"
    static let draining = "draining"
    /// Takes calls with which workers died, and no others.
    static let quarantine = "quarantine"
  }

  enum Change: Sendable, Equatable {
    /// Nothing that must be kept on disk: the lease as it is now, only its time moved.
    case renew(Registry.Lease)
    case store(Registry.Lease)
    case remove(Registry.Lease)
    case nothing
  }

  private let duration: Duration
  private let leasesMax: Int
  private var leases: [String: Registry.Lease] = [:]

  init(limits: RegistryLimits) {
    duration = limits.leaseDuration
    leasesMax = limits.leasesMax
  }

  // MARK: What a change would be

  /// - Throws: `taken` where another worker lives under this id, `exhausted` over the limit.
  func acquire(
    _ request: Registry.AcquireLeaseRequest, now: Timestamp
  ) throws(RegistryError) -> Change {
    if let held = live(request.workerID, now) {
      guard
        held.model == request.model, held.version == request.version,
        held.endpoint == request.endpoint
      else {
        throw .taken(
          "worker `\(request.workerID)` holds a lease for version \(held.version) of "
            + "`\(held.model)` at \(held.endpoint): expected an id that no other worker has")
      }
      return .renew(renewed(held, now))
    }
    guard leases.count < leasesMax else {
      throw .exhausted("the registry has \(leasesMax) leases: release some workers first")
    }
    let lease = Registry.Lease(
      workerID: request.workerID, model: request.model, version: request.version,
      endpoint: request.endpoint, state: request.quarantine ? State.quarantine : State.serving,
      acquiredAt: now.nanosecondsSinceEpoch, processID: request.processID, host: request.host)
    return .store(renewed(lease, now))
  }

  /// - Throws: `missing` where the worker holds no lease (any more): it must acquire one again.
  func renew(
    _ request: Registry.RenewLeaseRequest, now: Timestamp
  ) throws(RegistryError) -> Change {
    var lease = try held(request.workerID, now, advice: "acquire one again")
    lease.queueDepth = request.queueDepth
    lease.inFlight = request.inFlight
    lease.queueWait = request.queueWait
    lease.busyPerMille = request.busyPerMille
    lease.memoryBytes = request.memoryBytes
    return .renew(renewed(lease, now))
  }

  /// Releasing what is not held is done already.
  func release(workerID: String) -> Change {
    leases[workerID].map { .remove($0) } ?? .nothing
  }

  /// - Throws: `missing` where the worker holds no lease.
  func drain(workerID: String, now: Timestamp) throws(RegistryError) -> Change {
    var lease = try held(workerID, now, advice: "see `slipway workers list`")
    guard lease.state != State.draining else { return .renew(lease) }
    lease.state = State.draining
    return .store(lease)
  }

  /// The leases whose time is over, by worker id.
  func expired(now: Timestamp) -> [Registry.Lease] {
    leases.values.filter { !isLive($0, now) }.sorted { $0.workerID < $1.workerID }
  }

  // MARK: Making it

  mutating func apply(_ change: Change) {
    switch change {
    case .renew(let lease), .store(let lease): leases[lease.workerID] = lease
    case .remove(let lease): leases[lease.workerID] = nil
    case .nothing: break
    }
  }

  /// Takes up leases from before a restart, with their whole time ahead: a registry that was away
  /// says nothing about its workers.
  mutating func restore(_ stored: [Registry.Lease], now: Timestamp) {
    leases = [:]
    for lease in stored { leases[lease.workerID] = renewed(lease, now) }
  }

  // MARK: Reading

  /// Live leases of a model, or of every model, by worker id.
  func list(model: String?, now: Timestamp) -> [Registry.Lease] {
    leases.values
      .filter { isLive($0, now) && (model == nil || $0.model == model) }
      .sorted { $0.workerID < $1.workerID }
  }

  func lease(workerID: String, now: Timestamp) -> Registry.Lease? {
    live(workerID, now)
  }

  private func held(
    _ workerID: String, _ now: Timestamp, advice: String
  ) throws(RegistryError) -> Registry.Lease {
    guard let lease = live(workerID, now) else {
      throw .missing("worker `\(NameRule.excerpt(workerID))` holds no lease: \(advice)")
    }
    return lease
  }

  private func live(_ workerID: String, _ now: Timestamp) -> Registry.Lease? {
    leases[workerID].flatMap { isLive($0, now) ? $0 : nil }
  }

  private func isLive(_ lease: Registry.Lease, _ now: Timestamp) -> Bool {
    lease.expiresAt > now.nanosecondsSinceEpoch
  }

  private func renewed(_ lease: Registry.Lease, _ now: Timestamp) -> Registry.Lease {
    var lease = lease
    lease.expiresAt = now.adding(duration).nanosecondsSinceEpoch
    return lease
  }
}
