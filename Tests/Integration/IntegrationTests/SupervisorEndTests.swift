import Foundation
import IntegrationSuite
import SlipwayClient
import Testing

extension IntegrationTests {
  /// However `slipway up` ends, its services end, and the next one on the same folder goes on with
  /// everything that was acknowledged.
  @Suite(.timeLimit(.minutes(10))) struct SupervisorEndTests {
    private enum Ending: String, CaseIterable {
      case killed = "kill -9"
      case killedAndStartedAtOnce = "kill -9, and the next `slipway up` at once"
      case terminated = "SIGTERM"
      case interrupted = "Ctrl-C"
      case down = "`slipway down`"

      var isInOrder: Bool { self != .killed && self != .killedAndStartedAtOnce }
    }

    @Test func `however the supervisor ends, nothing is left running and nothing is lost`()
      async throws
    {
      let folder = try SuiteFolder()
      defer { folder.remove() }
      let checkout = try Checkout()
      var (portBase, written): (Int?, Acknowledged?) = (nil, nil)
      for (round, ending) in Ending.allCases.enumerated() {
        try await RunningSuite.withSuite(
          in: folder, from: checkout, portBase: portBase, endsInOrder: ending.isInOrder
        ) { suite in
          do {
            if written == nil { try await SmallModel(on: suite).serve(replicas: 2) }
            let acknowledged = written ?? Acknowledged(on: suite)
            (portBase, written) = (suite.portBase, acknowledged)
            try await goesOn(suite, with: acknowledged)
            try await end(suite, by: ending, round: round, acknowledged)
          } catch {
            throw StepFailure("\(ending.rawValue): \(error)\n\(suite.logTails())")
          }
        }
      }
      try await RunningSuite.withSuite(in: folder, from: checkout, portBase: portBase) { suite in
        try await goesOn(suite, with: try #require(written))
      }
    }

    @Test(.enabled("strace must be there and may trace") { await LogFaultTests.canTrace() })
    func `a signal that interrupts the wait for the supervisor's end ends nobody`() async throws {
      try await withFreshSuite { suite in
        try await SmallModel(on: suite).serve()
        let names = ["gateway", "registry", "monitor", "content-governor", "inference-worker"]
        let before = names.map { suite.processes(of: $0) }
        #expect(before.allSatisfy { $0.count == 1 })
        for process in before.joined() {
          // All reads that are under way begin anew when it is traced, and are told of a signal.
          _ = try await RunningSuite.program(
            "timeout", "--signal=INT", "2", "strace", "-f", "-qq", "-o", "/dev/null", "-e",
            "trace=read", "-e", "inject=read:error=EINTR:when=1..3", "-p", "\(process)")
        }
        _ = try await suite.client(as: People.pusher).infer(SmallModel.request)
        #expect(names.map { suite.processes(of: $0) } == before, "\(suite.logTails())")
      }
    }

    /// Everything is there as soon as `slipway up` says that it is up, and workers come by themselves.
    private func goesOn(_ suite: RunningSuite, with acknowledged: Acknowledged) async throws {
      let lost = try await acknowledged.lost(on: suite)
      #expect(lost.isEmpty)
      _ = try await eventually("an answer of a worker") {
        try await suite.client(as: People.pusher).infer(SmallModel.request)
      }
    }

    /// Ends the suite while people write and clients ask.
    private func end(
      _ suite: RunningSuite, by ending: Ending, round: Int, _ acknowledged: Acknowledged
    ) async throws {
      let before = acknowledged.count
      let (_, report) = try await Load.during(
        [SmallModel.request], on: suite.client(as: People.pusher), inFlight: 2
      ) { load in
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask { try await acknowledged.write(round: round) }
          try await load.more(50)
          _ = try await eventually("something to be written") {
            acknowledged.count > before ? true : nil
          }
          let failures = load.soFar.failures
          #expect(failures.isEmpty, "\(ending.rawValue): calls failed before it")
          try await end(suite, by: ending)
          group.cancelAll()
          while (try? await group.next()) != nil {}
        }
      }
      // A call that its caller may make again; none got an answer that says anything else.
      let others = report.failures.filter { !$0.key.hasPrefix("unavailable: ") }
      #expect(others.isEmpty, "\(ending.rawValue)")
    }

    private func end(_ suite: RunningSuite, by ending: Ending) async throws {
      switch ending {
      case .killed, .killedAndStartedAtOnce: suite.signalSupervisor(SIGKILL)
      case .terminated: suite.signalSupervisor(SIGTERM)
      case .interrupted: suite.signalSupervisor(SIGINT)
      case .down: try await suite.slipway("down").succeeded()
      }
      let start = ContinuousClock.now
      _ = try await eventually("`slipway up` to end") { suite.isSupervised ? nil : true }
      switch ending {
      case .killedAndStartedAtOnce: return
      case .killed:
        _ = try await eventually("the services to end by themselves") {
          suite.processes.isEmpty ? true : nil
        }
      case .terminated, .interrupted, .down:
        #expect(suite.processes.isEmpty, "\(ending.rawValue) left processes")
      }
      let time = ContinuousClock.now - start
      print("supervisor: \(ending.rawValue): everything ended after \(time)")
    }
  }
}
