internal import Base
internal import Contracts
internal import RPC
internal import Synchronization

/// Starts and stops worker processes so that they match the deployments that the registry wants.
///
/// The fleet decides; this carries its actions out and tells it what happens.
final class WorkerKeeper: Sendable {
  typealias MakeChild =
    @Sendable (WorkerOrder, @escaping @Sendable (ChildEvent) -> Void) -> Child

  /// What people are told of workers.
  struct News: Sendable, Hashable {
    var absent: [AbsentWorker] = []
    var swaps: [SwapWatch.Record] = []
  }

  /// How the keeper reaches the world.
  struct Surroundings: Sendable {
    /// What the machine has for workers now.
    var room: @Sendable () -> WorkerRoom
    /// Whether a worker at this address does anything.
    var isAlive: @Sendable (_ endpoint: String) async -> Bool
    /// Takes the workers that should run and do not, and changes of versions, whenever they change.
    var publish: @Sendable (News) -> Void
    /// Told of a process that hangs and is killed.
    var reportHung: @Sendable (_ workerID: String) -> Void
    var makeChild: MakeChild
  }

  /// How often it is looked whether there is room for workers that wait for it.
  private static let roomInterval = Duration.seconds(2)

  private let fleet: Mutex<WorkerFleet>
  private let children = Mutex<[Int: Child]>([:])
  private let published = Mutex(News())
  /// When the loop wakes by itself.
  private let alarm = Mutex<MonotonicInstant?>(nil)
  private let clock: any MonotonicClock
  private let surroundings: Surroundings
  /// One token at most: the loop looks at everything whenever it wakes.
  private let wakes: AsyncStream<Void>
  private let wake: AsyncStream<Void>.Continuation

  init(settle: Duration, clock: any MonotonicClock, _ surroundings: Surroundings) {
    fleet = Mutex(WorkerFleet(settle: settle))
    self.clock = clock
    self.surroundings = surroundings
    (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Runs until `stop` is given and every worker is gone.
  func run(until stop: StopSignal) async {
    await withDiscardingTaskGroup { workers in
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          await stop.wait()
          self.wake.finish()
        }
        for await _ in wakes {
          let next = act(adding: &workers)
          for silent in fleet.withLock({ $0.silent(now: clock.now) }) {
            group.addTask { await self.look(at: silent) }
          }
          publish()
          let times = [next, fleet.withLock { $0.nextLook }].compactMap { $0 }
          guard let moment = times.min(), setsAlarm(at: moment) else { continue }
          group.addTask { await self.lookAgain(at: moment) }
        }
        group.cancelAll()
      }
      for child in children.withLock({ Array($0.values) }) { child.stop() }
    }
  }

  /// Follows the registry until the stream ends; what was known stays until the next snapshot.
  func follow(_ registry: any Channel) async throws {
    let stream = try await registry.stream(
      Registry.API.watchModels, Registry.WatchModelsRequest(), options: CallOptions(timeout: nil))
    fleet.withLock { $0.beginSnapshot() }
    for try await state in stream {
      fleet.withLock { $0.take(state, now: clock.now) }
      wake.yield()
    }
  }

  /// Whether the loop would otherwise sleep longer than that.
  private func setsAlarm(at moment: MonotonicInstant) -> Bool {
    let now = clock.now
    return alarm.withLock { alarm in
      if let set = alarm, set > now, set <= moment { return false }
      alarm = moment
      return true
    }
  }

  private func lookAgain(at moment: MonotonicInstant) async {
    let wait = Duration.nanoseconds(moment.nanoseconds(since: clock.now))
    guard (try? await Task.sleep(for: wait)) != nil else { return }
    // It may be a little early: then the loop sets it anew.
    alarm.withLock { alarm in
      if alarm == moment { alarm = nil }
    }
    wake.yield()
  }

  /// Kills a process that has lost its lease and does not answer.
  private func look(at silent: WorkerFleet.Silent) async {
    guard await !surroundings.isAlive(silent.endpoint), !Task.isCancelled,
      fleet.withLock({ $0.isStillSilent(silent) })
    else { return }
    surroundings.reportHung(silent.workerID)
    children.withLock { $0[silent.slot] }?.kill()
  }

  private func publish() {
    let news = fleet.withLock { News(absent: $0.absent, swaps: $0.swaps.records) }
    let isNew = published.withLock { published in
      defer { published = news }
      return published != news
    }
    if isNew { surroundings.publish(news) }
  }

  private func act(adding workers: inout DiscardingTaskGroup) -> MonotonicInstant? {
    let plan = fleet.withLock { $0.plan(now: clock.now) }
    for action in plan.actions {
      switch action {
      case .start(let model, let version):
        fleet.withLock { _ = $0.add(model: model, version: version) }
      case .startQuarantine(let model, let version):
        fleet.withLock { _ = $0.add(model: model, version: version, isQuarantine: true) }
      case .drain(let slot):
        guard let child = children.withLock({ $0[slot] }) else {
          fleet.withLock { $0.remove(slot) }
          continue
        }
        fleet.withLock { $0.drains(slot) }
        child.stop()
      }
    }
    guard fleet.withLock({ $0.hasNew }) else { return plan.lookAgainAt }
    start(adding: &workers)
    guard fleet.withLock({ $0.hasNew }) else { return plan.lookAgainAt }
    return min(plan.lookAgainAt ?? .distantFuture, clock.now.advanced(by: Self.roomInterval))
  }

  /// Starts the workers that there is room for.
  private func start(adding workers: inout DiscardingTaskGroup) {
    let room = surroundings.room()
    let orders = fleet.withLock { fleet in
      fleet.admit(room).compactMap { slot in
        fleet.order(of: slot, cores: room.cores).map { (slot, $0) }
      }
    }
    for (slot, order) in orders {
      let child = surroundings.makeChild(order) { [weak self] in self?.take($0, slot: slot) }
      children.withLock { $0[slot] = child }
      workers.addTask { await child.run() }
    }
  }

  private func take(_ event: ChildEvent, slot: Int) {
    switch event {
    case .started(let label, _):
      fleet.withLock { $0.started(slot, workerID: label, now: clock.now) }
    case .ended(let ending, _):
      if let refusal = fleet.withLock({ $0.ended(slot, ending) }) {
        children.withLock { $0[slot] }?.giveUp(refusal)
      }
    case .parked: break
    case .refused(let refusal): fleet.withLock { $0.park(slot, refusal) }
    case .stopped:
      children.withLock { $0[slot] = nil }
      fleet.withLock { $0.stopped(slot) }
    }
    wake.yield()
  }
}
