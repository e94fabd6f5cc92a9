internal import ArgumentParser
internal import Foundation
internal import SlipwaySupervisor
internal import TransportTCP
internal import Trust
internal import UnixSignals

struct UpCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up", abstract: "Run the whole suite on this machine until Ctrl-C.",
    discussion: """
      Starts registry, content-governor, monitor and gateway, then a worker process for each replica \
      of each deployed version. When every service is ready it writes DIR/endpoints.json (service \
      name to host:port) and DIR/admin.key. Logs are here and in DIR/logs.

      With --certs, a folder that `slipway certs init` made, everything speaks TLS; commands on the \
      same state directory then do so too.
      """)

  @OptionGroup var global: GlobalOptions

  @Option(help: "Port of the gateway; the other services take the next ones.")
  var portBase = PortPlan.baseDefault

  @Flag(help: "Stay in the foreground; there is no other way.")
  var foreground = false

  @Option(help: "How long processes may take to finish what they took when they are stopped.")
  var grace = TimeSpan.seconds(20)

  func run() async throws {
    let context = try ToolContext.current()
    let output = context.output
    var configuration = SupervisorConfiguration(
      state: global.stateDirectory(context), ports: try PortPlan(base: portBase),
      executables: context.executables, environment: context.environment)
    configuration.grace = grace.duration
    configuration.certificates = global.certificates(context)
    if let folder = configuration.certificates { try Self.check(folder) }
    let prefix = LinePrefix(width: 20, usesColour: output.isTerminal)
    let logs = LogBook(folder: configuration.state.logs, prefix: prefix) { line in
      output.write("\(line)\n")
    }
    let supervisor = Supervisor(configuration: configuration, links: context.links, logs: logs) {
      for line in Self.lines(for: $0) { logs.write(line, of: "slipway", label: "slipway") }
    }
    let stop = StopSignal()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for await _ in await UnixSignalsSequence(trapping: .sigterm, .sigint) { stop.give() }
      }
      try await supervisor.run(until: stop)
      group.cancelAll()
    }
  }

  /// Every role's certificate is needed here: better to say now what is wrong with one of them.
  private static func check(_ certificates: String) throws(ToolError) {
    for role in ServiceRole.allCases {
      do throws(TLSFileError) {
        try TLSSettings(folder: certificates, role: role.rawValue).check(role: role.rawValue)
      } catch {
        throw ToolError(.refused, error.description)
      }
    }
  }

  /// An event as a person reads it.
  static func lines(for event: SupervisorEvent) -> [String] {
    switch event {
    case .child(_, .started(let label, let process)): ["\(label) runs as process \(process)"]
    case .child(_, .ended(let label, let reason, let wait)):
      ["\(label) \(reason); it starts again in \(wait.spelled)"]
    case .child(_, .parked(let label, let lastLines)):
      ["\(label) is parked: it ends again and again; its last lines were:"]
        + lastLines.map { "  \($0)" }
    case .child(let name, .stopped): ["\(name) stopped"]
    case .ready(let role, let endpoint): ["\(role) is ready on \(endpoint)"]
    case .up: ["the suite is up"]
    case .watchLost(let reason): ["the registry's watch broke and is tried again: \(reason)"]
    case .stopping: ["stopping"]
    }
  }
}

extension Duration {
  fileprivate var spelled: String {
    "\(components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000) ms"
  }
}
