import Foundation
import RPC
import Synchronization
import Testing
import Trust

@testable import SlipwaySupervisor

@Suite("Supervisor", .timeLimit(.minutes(5)))
struct SupervisorTests {
  /// Ready as soon as the process runs; a registry that nobody can watch.
  private final class Links: SupervisorLinks {
    private let running = Mutex<Set<String>>([])
    private let unready: String?
    private let taken: String?

    /// - Parameters:
    ///   - unready: a service that is never ready.
    ///   - taken: an endpoint that another process has.
    init(unready: String?, taken: String?) {
      self.unready = unready
      self.taken = taken
    }

    func listenFault(at endpoint: String) async -> String? {
      endpoint == taken ? "another process has `\(endpoint)`" : nil
    }

    func note(_ event: SupervisorEvent) {
      guard case .child(let name, .started) = event, name != unready else { return }
      running.withLock { _ = $0.insert(name) }
    }

    func isReady(
      _ role: ServiceRole, at endpoint: String, state: StateDirectory, certificates: String?
    ) async -> Bool {
      running.withLock { $0.contains(role.rawValue) }
    }

    func registry(
      at endpoint: String, state: StateDirectory, certificates: String?
    ) async throws(RPCError) -> any Channel {
      throw RPCError(.unavailable, "no registry here")
    }
  }

  /// A suite that shell scripts play, and what was reported of it.
  private final class Suite: Sendable {
    let state: StateDirectory
    let stop = StopSignal()
    let events: AsyncStream<SupervisorEvent>
    private let report: AsyncStream<SupervisorEvent>.Continuation
    private let executables: String
    private let unready: String?
    private let taken: String?

    /// - Parameter script: `nil` to leave the executables of another suite as they are.
    init(_ folder: String, script: String?, unready: String? = nil, taken: String? = nil) throws {
      self.unready = unready
      self.taken = taken
      state = StateDirectory(path: "\(folder)/state")
      executables = folder
      (events, report) = AsyncStream.makeStream()
      guard let script else { return }
      for role in ServiceRole.allCases where role != .supervisor {
        try #require(
          FileManager.default.createFile(
            atPath: "\(folder)/\(role)", contents: Data("#!/bin/sh\n\(script)\n".utf8),
            attributes: [.posixPermissions: 0o700]))
      }
    }

    func run() async throws {
      defer { report.finish() }
      let configuration = SupervisorConfiguration(
        state: state, ports: try PortPlan(base: 7400), executables: executables,
        environment: ["PATH": "/usr/bin:/bin", "SLIPWAY_KEY": "secret"])
      let logs = LogBook(
        folder: state.logs, prefix: LinePrefix(width: 0, usesColour: false), console: { _ in })
      let links = Links(unready: unready, taken: taken)
      try await Supervisor(configuration: configuration, links: links, logs: logs) {
        links.note($0)
        self.report.yield($0)
      }.run(until: stop)
    }
  }

  @Test("services start and stop in order, and endpoints are there only in between")
  func order() async throws {
    try await TemporaryFolder.with { folder in
      let suite = try Suite(
        folder, script: "echo \"$SLIPWAY_LISTEN ${SLIPWAY_KEY-none}\"; exec sleep 1000")
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await suite.run() }
        var started: [String] = []
        var stopped: [String] = []
        for await event in suite.events {
          switch event {
          case .child(let name, .started): started.append(name)
          case .child(let name, .stopped): stopped.append(name)
          case .child(let name, .ended(let ending, _)):
            Issue.record("\(name) ended: \(ending.reason)")
          case .up:
            #expect(suite.state.endpoints()?["gateway"] == "127.0.0.1:7400")
            let second = try Suite(folder + "/.", script: nil)
            await #expect(throws: SupervisorError.self) { try await second.run() }
            suite.stop.give()
          default: break
          }
        }
        try await group.waitForAll()
        #expect(started == ["registry", "content-governor", "monitor", "gateway"])
        #expect(stopped == ["gateway", "monitor", "content-governor", "registry"])
        #expect(suite.state.endpoints() == nil)
        #expect(try SupervisorLock.holder(of: suite.state) == nil)
      }
    }
  }

  @Test("a service that no start can help ends the suite with its own words")
  func refused() async throws {
    try await TemporaryFolder.with { folder in
      let suite = try Suite(folder, script: "exec sleep 1000", unready: "monitor")
      try Data("#!/bin/sh\necho 'monitor: set `X`: expected a number' >&2; exit 2\n".utf8)
        .write(to: URL(fileURLWithPath: "\(folder)/monitor"))
      await #expect(
        throws: SupervisorError.serviceRefused(
          name: "monitor", reason: "set `X`: expected a number")
      ) { try await suite.run() }
      #expect(suite.state.endpoints() == nil)
    }
  }

  @Test(
    "a port that another process has ends the start before any service runs",
    arguments: [("127.0.0.1:7401", "registry"), ("127.0.0.1:7410", "gateway")])
  func takenPort(endpoint: String, service: String) async throws {
    try await TemporaryFolder.with { folder in
      let suite = try Suite(folder, script: "exec sleep 1000", taken: endpoint)
      await #expect(
        throws: SupervisorError.portUnusable(
          service: service, reason: "another process has `\(endpoint)`")
      ) { try await suite.run() }
      for await event in suite.events { Issue.record("nothing was to happen: \(event)") }
      #expect(try SupervisorLock.holder(of: suite.state) == nil)
    }
  }

  @Test("a missing executable is named before anything starts")
  func missing() async throws {
    try await TemporaryFolder.with { folder in
      let suite = try Suite(folder, script: "exit 0")
      try FileManager.default.removeItem(atPath: "\(folder)/monitor")
      await #expect(throws: SupervisorError.executableMissing(path: "\(folder)/monitor")) {
        try await suite.run()
      }
    }
  }
}
