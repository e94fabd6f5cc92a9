internal import Contracts
internal import Foundation
package import RPC
internal import ServiceRuntime
package import SlipwayClient

/// A suite of real processes that runs now.
///
/// See ``withSuite(in:from:portBase:_:)`` for its life.
package struct RunningSuite: Sendable {
  package let folder: SuiteFolder
  package let checkout: Checkout
  /// The process of `slipway up`.
  package let supervisor: Int32
  /// Service name to host:port.
  package let endpoints: [String: String]
  /// Who may do everything.
  package let adminKey: String
  let variables: [String: String]
  let connector: Connector

  /// Runs a verb of the person's tool.
  ///
  /// - Parameter person: whose API key it uses; the admin's if there is none.
  /// - Throws: ``StepFailure`` if it takes longer than `limit`.
  package func slipway(
    _ arguments: String..., as person: String? = nil, within limit: Duration = .seconds(60)
  ) async throws -> CommandResult {
    try await slipway(arguments, as: person, within: limit)
  }

  package func slipway(
    _ arguments: [String], as person: String? = nil, within limit: Duration = .seconds(60)
  ) async throws -> CommandResult {
    var variables = variables
    if let person { variables["SLIPWAY_KEY"] = "@\(keyFile(of: person).path)" }
    return try await Command.run(
      checkout.executables.appending(path: "slipway").path, arguments, variables: variables,
      within: limit)
  }

  /// A channel to the gateway.
  ///
  /// - Parameter person: whose API key it shows; the admin's if there is none.
  package func channel(as person: String? = nil) throws -> any Channel {
    channel(key: try person.map { try key(of: $0) } ?? adminKey)
  }

  package func client(as person: String) throws -> GatewayClient {
    GatewayClient(try channel(as: person))
  }

  /// A client as applications have one, over the library's own connections.
  package func libraryClient(as person: String) async throws -> GatewayClient {
    try await GatewayClient.connect(
      to: endpoints["gateway"] ?? "", key: try key(of: person),
      authority: variables["SLIPWAY_CERTS"].map { "\($0)/authority.pem" })
  }

  /// A client that shows any key at all.
  package func client(key: String) -> GatewayClient {
    GatewayClient(channel(key: key))
  }

  /// A client that reaches the gateway at another address.
  package func client(as person: String, at address: String) throws -> GatewayClient {
    GatewayClient(connector.client(at: address, apiKey: try key(of: person)))
  }

  private func channel(key: String) -> any Channel {
    connector.client(at: endpoints["gateway"] ?? "", apiKey: key)
  }

  /// Process of each service and worker that runs now, by the name of its executable.
  package func processes(of name: String) -> [Int32] {
    ProcessTable.processes(with: "SLIPWAY_STATE", folder.state.path).filter { found in
      found.name == name && found.process != supervisor
    }.map(\.process)
  }

  /// Sends a signal to `slipway up`, as a person at its terminal or the system does.
  package func signalSupervisor(_ signal: Int32) {
    ProcessTable.kill(supervisor, signal)
  }

  /// Whether `slipway up` runs.
  package var isSupervised: Bool { ProcessTable.isRunning(supervisor) }

  /// Every service and worker that runs now.
  package var processes: [Int32] {
    ProcessTable.processes(with: "SLIPWAY_STATE", folder.state.path).map(\.process).filter {
      $0 != supervisor
    }
  }

  /// Ends a process of the suite at once, as the kernel does when memory is short.
  ///
  /// - Throws: ``StepFailure`` if the suite has no such process.
  package func killNow(_ process: Int32) throws(StepFailure) {
    let own = ProcessTable.processes(with: "SLIPWAY_STATE", folder.state.path)
    try expect(
      own.contains { $0.process == process } && process != supervisor,
      "process \(process) is none of the suite's")
    ProcessTable.kill(process)
  }

  /// Asks a process of the suite to end, as an operator does who restarts it; `slipway up` starts it again.
  ///
  /// - Throws: ``StepFailure`` if the suite has no such process.
  package func endInOrder(_ process: Int32) throws(StepFailure) {
    try expect(
      processes.contains(process), "process \(process) is none of the suite's")
    ProcessTable.kill(process, SIGTERM)
  }

  /// Connections that are open at a service's port.
  package func openConnections(to service: String) -> Int {
    let port = endpoints[service]?.split(separator: ":").last.flatMap { Int($0) } ?? 0
    return ProcessTable.connections(atPort: port)
  }

  /// Stops a process where it is, so that it says nothing and its connections stay open; or lets it go on.
  ///
  /// - Throws: ``StepFailure`` if the suite has no such process.
  package func suspend(_ process: Int32, _ isSuspended: Bool) throws(StepFailure) {
    try expect(
      processes.contains(process), "process \(process) is none of the suite's")
    ProcessTable.kill(process, isSuspended ? SIGSTOP : SIGCONT)
  }

  /// Waits until the service is another process than `old` and answers.
  package func waitForRestart(of service: String, after old: Int32) async throws {
    _ = try await eventually("\(service) to run again") {
      processes(of: service).first { $0 != old }
    }
    try await waitUntilAnswering()
  }

  /// Waits until calls reach the gateway and, through it, the registry.
  package func waitUntilAnswering() async throws {
    let channel = try channel(as: People.pusher)
    _ = try await eventually("the gateway and the registry to answer") {
      try await channel.call(Registry.API.listModels, Registry.ListModelsRequest())
    }
  }

  /// The last lines of every log, for a person who looks for the cause of a failure.
  package func logTails(lines count: Int = 15) -> String {
    SuiteLogs(folder: folder).tails(lines: count)
  }
}
