package import Base
internal import Foundation
internal import RPC
internal import Trust

/// Runs the suite on one machine: services in order, then workers as the registry wants them.
package struct Supervisor: Sendable {
  /// Each is ready before the next one starts; they stop in another order, see ``run(until:)``.
  static let startOrder: [ServiceRole] = [.registry, .contentGovernor, .monitor, .gateway]
  private static let probeInterval = Duration.milliseconds(25)
  /// A second's worth: a process that was just killed may not have let go of its ports yet.
  private static let portProbesMax = 40
  private static let watchRetryWait = Duration.milliseconds(250)

  private let configuration: SupervisorConfiguration
  private let links: any SupervisorLinks
  private let logs: LogBook
  private let clock: any MonotonicClock
  private let report: @Sendable (SupervisorEvent) -> Void

  package init(
    configuration: SupervisorConfiguration, links: any SupervisorLinks, logs: LogBook,
    clock: any MonotonicClock = SystemMonotonicClock(),
    report: @escaping @Sendable (SupervisorEvent) -> Void
  ) {
    self.configuration = configuration
    self.links = links
    self.logs = logs
    self.clock = clock
    self.report = report
  }

  /// Returns when `stop` was given and every process is gone: first the gateway, so that nothing new
  /// comes in, then the workers, then the others, the registry last, because workers give their leases
  /// back to it.
  ///
  /// - Throws: what stands in the way of a start; nothing once the first service runs, except for a
  ///   state directory that can't be written.
  package func run(until stop: StopSignal) async throws(SupervisorError) {
    let state = configuration.state
    try state.prepare()
    let lock = try SupervisorLock.acquire(state)
    defer { lock.release() }
    try checkExecutables()
    state.unpublish()
    await Orphans.end(of: state, grace: configuration.grace)
    try await checkPorts(until: stop)

    let services = Dictionary(
      uniqueKeysWithValues: Self.startOrder.map { ($0, service($0)) })
    let workersStop = StopSignal()
    let keeper = keeper()
    let failure = await withTaskGroup(of: Void.self, returning: SupervisorError?.self) { group in
      let failure = await start(services, in: &group, until: stop)
      let workers = StopSignal()
      if failure == nil, !stop.isGiven {
        group.addTask {
          await keeper.run(until: workersStop)
          workers.give()
        }
        group.addTask { await follow(keeper, until: workersStop) }
        report(.up)
        await stop.wait()
      } else {
        workers.give()
      }
      report(.stopping)
      state.unpublish()
      await end(services[.gateway])
      workersStop.give()
      await workers.wait()
      for role in Self.startOrder.reversed() where role != .gateway { await end(services[role]) }
      return failure
    }
    if let failure { throw failure }
  }

  private func start(
    _ services: [ServiceRole: Child], in group: inout TaskGroup<Void>, until stop: StopSignal
  ) async -> SupervisorError? {
    for role in Self.startOrder {
      guard let child = services[role], !stop.isGiven else { return nil }
      group.addTask { await child.run() }
      let endpoint = configuration.ports.endpoint(of: role)
      while await !links.isReady(
        role, at: endpoint, state: configuration.state, certificates: configuration.certificates)
      {
        if let refusal = child.refusal {
          return .serviceRefused(name: role.rawValue, reason: refusal.reason)
        }
        if await stop.wait(atMost: Self.probeInterval) { return nil }
      }
      report(.ready(role, endpoint: endpoint))
    }
    do {
      try configuration.state.publish(
        configuration.ports.endpoints, certificates: configuration.certificates)
      return nil
    } catch {
      return error
    }
  }

  private func end(_ child: Child?) async {
    guard let child else { return }
    child.stop()
    await child.waitUntilStopped()
  }

  /// Keeps a watch on the registry, through its restarts.
  private func follow(_ keeper: WorkerKeeper, until stop: StopSignal) async {
    let endpoint = configuration.ports.endpoint(of: .registry)
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        while !Task.isCancelled {
          do {
            try await keeper.follow(
              try await links.registry(
                at: endpoint, state: configuration.state, certificates: configuration.certificates))
          } catch {
            if !Task.isCancelled { report(.watchLost(reason: "\(error)")) }
          }
          _ = await stop.wait(atMost: Self.watchRetryWait)
        }
      }
      await stop.wait()
      group.cancelAll()
    }
  }

  private func service(_ role: ServiceRole) -> Child {
    let launch = Launch(
      label: role.rawValue, executablePath: path(of: role),
      environment: ChildEnvironment(configuration: configuration).service(role))
    return child(named: role.rawValue, also: { _ in }) { launch }
  }

  private func keeper() -> WorkerKeeper {
    WorkerKeeper(
      settle: configuration.settle, clock: clock,
      WorkerKeeper.Surroundings(
        room: { .now(cores: configuration.cores, budgetBytes: configuration.memoryBytesMax) },
        isAlive: { endpoint in
          await links.isReady(
            .inferenceWorker, at: endpoint, state: configuration.state,
            certificates: configuration.certificates)
        },
        publish: publish, reportHung: { report(.hung(workerID: $0)) }, makeChild: worker))
  }

  private func publish(_ news: WorkerKeeper.News) {
    do throws(SupervisorError) {
      try configuration.state.publish(absent: news.absent)
      try configuration.state.publish(swaps: news.swaps)
    } catch {
      report(.absentUnpublished(reason: error.description))
    }
  }

  private func worker(
    _ order: WorkerOrder, also: @escaping @Sendable (ChildEvent) -> Void
  ) -> Child {
    child(named: "\(order.model)-v\(order.version)", also: also) {
      let id = WorkerIdentifier.make(model: order.model, version: order.version)
      return Launch(
        label: id, executablePath: path(of: .inferenceWorker),
        environment: ChildEnvironment(configuration: configuration).worker(id: id, order))
    }
  }

  private func child(
    named name: String, also: @escaping @Sendable (ChildEvent) -> Void,
    launch: @escaping @Sendable () -> Launch
  ) -> Child {
    Child(
      limits: configuration.restarts, grace: configuration.grace, clock: clock,
      write: { logs.write($1, of: name, label: $0) },
      report: { event in
        also(event)
        report(.child(name: name, event))
      },
      launch: launch)
  }

  private func path(of role: ServiceRole) -> String {
    "\(configuration.executables)/\(role.rawValue)"
  }

  /// A service whose port is taken is started again and again, which is right for one that served before;
  /// at the start a person is better told at once.
  private func checkPorts(until stop: StopSignal) async throws(SupervisorError) {
    for role in Self.startOrder {
      for endpoint in [
        configuration.ports.endpoint(of: role), configuration.ports.opsEndpoint(of: role),
      ] {
        var probesLeft = Self.portProbesMax
        while let reason = await links.listenFault(at: endpoint) {
          probesLeft -= 1
          guard probesLeft > 0 else {
            throw .portUnusable(service: role.rawValue, reason: reason)
          }
          if await stop.wait(atMost: Self.probeInterval) { return }
        }
      }
    }
  }

  private func checkExecutables() throws(SupervisorError) {
    for role in ServiceRole.allCases where role != .supervisor {
      guard FileManager.default.isExecutableFile(atPath: path(of: role)) else {
        throw .executableMissing(path: path(of: role))
      }
    }
  }
}
