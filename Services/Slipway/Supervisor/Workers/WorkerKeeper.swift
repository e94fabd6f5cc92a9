internal import Base
internal import Contracts
internal import RPC
internal import Synchronization

/// Starts and stops worker processes so that they match the deployments that the registry wants.
///
/// The fleet decides; this carries its actions out and tells it what happens.
final class WorkerKeeper: Sendable {
  private let fleet: Mutex<WorkerFleet>
  private let children = Mutex<[Int: Child]>([:])
  private let publishParked: @Sendable ([ParkedWorker]) -> Void
  private let published = Mutex<[ParkedWorker]>([])
  private let clock: any MonotonicClock
  private let makeChild: @Sendable (WorkerOrder, @escaping @Sendable (ChildEvent) -> Void) -> Child
  /// One token at most: the loop looks at everything whenever it wakes.
  private let wakes: AsyncStream<Void>
  private let wake: AsyncStream<Void>.Continuation

  /// - Parameter publishParked: takes the workers that are parked, whenever they change.
  init(
    settle: Duration, clock: any MonotonicClock,
    publishParked: @escaping @Sendable ([ParkedWorker]) -> Void,
    makeChild:
      @escaping @Sendable (WorkerOrder, @escaping @Sendable (ChildEvent) -> Void) -> Child
  ) {
    fleet = Mutex(WorkerFleet(settle: settle))
    self.clock = clock
    self.publishParked = publishParked
    self.makeChild = makeChild
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
          publish()
          guard let next else { continue }
          group.addTask { await self.lookAgain(at: next) }
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

  private func lookAgain(at moment: MonotonicInstant) async {
    let wait = Duration.nanoseconds(moment.nanoseconds(since: clock.now))
    guard (try? await Task.sleep(for: wait)) != nil else { return }
    wake.yield()
  }

  private func publish() {
    let parked = fleet.withLock { $0.parked }
    let isNew = published.withLock { published in
      defer { published = parked }
      return published != parked
    }
    if isNew { publishParked(parked) }
  }

  private func act(adding workers: inout DiscardingTaskGroup) -> MonotonicInstant? {
    let plan = fleet.withLock { $0.plan(now: clock.now) }
    for action in plan.actions {
      switch action {
      case .start(let model, let version):
        let (slot, environment) = fleet.withLock {
          ($0.add(model: model, version: version), $0.environment(of: model))
        }
        let order = WorkerOrder(model: model, version: version, environment: environment)
        let child = makeChild(order) { [weak self] in self?.take($0, slot: slot) }
        children.withLock { $0[slot] = child }
        workers.addTask { await child.run() }
      case .drain(let slot):
        guard let child = children.withLock({ $0[slot] }) else {
          fleet.withLock { $0.remove(slot) }
          continue
        }
        fleet.withLock { $0.drains(slot) }
        child.stop()
      }
    }
    return plan.lookAgainAt
  }

  private func take(_ event: ChildEvent, slot: Int) {
    switch event {
    case .started(let label, _):
      fleet.withLock { $0.started(slot, workerID: label, now: clock.now) }
    case .ended: fleet.withLock { $0.ended(slot) }
    case .parked: break
    case .refused(let refusal): fleet.withLock { $0.park(slot, refusal) }
    case .stopped:
      children.withLock { $0[slot] = nil }
      fleet.withLock { $0.stopped(slot) }
    }
    wake.yield()
  }
}

/// Which worker is to be started.
struct WorkerOrder: Sendable, Hashable {
  var model: String
  var version: UInt32
  var environment: String
}
