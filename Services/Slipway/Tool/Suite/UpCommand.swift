internal import ArgumentParser
internal import Foundation
internal import SlipwaySupervisor
internal import TransportTCP
internal import Trust
internal import UnixSignals

struct UpCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up", abstract: "Run the whole suite on this machine.",
    discussion: """
      Starts registry, content-governor, monitor and gateway, then a worker process for each replica \
      of each deployed version. When every service is ready it writes DIR/endpoints.json (service \
      name to host:port) and DIR/admin.key. Logs are here and in DIR/logs.

      Stays until Ctrl-C; with --detach it returns when every service is ready, says where they \
      listen, and `slipway down` ends the suite.

      With --certs, a folder that `slipway certs init` made, everything speaks TLS; commands on the \
      same state directory then do so too.

      With --latency services poll for up to 50 us before they sleep while calls go between them: a \
      call takes less time, for some processor time of cores that would idle.
      """)

  private static let timeoutDefault = TimeSpan.seconds(120)
  private static let graceDefault = TimeSpan.seconds(20)

  @OptionGroup var place: StateOptions
  @OptionGroup var output: OutputOptions

  @Option(
    help: ArgumentHelp(
      "Folder that `slipway certs init` made: speak TLS (SLIPWAY_CERTS).", valueName: "directory"),
    completion: .directory)
  var certs: String?

  @Flag(help: "Poll shortly before sleeping, for calls between services (SLIPWAY_LATENCY).")
  var latency = false

  @Option(help: "Port of the gateway; the other services take the next ones.")
  var portBase = PortPlan.baseDefault

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Memory that all workers may have together; as much as the machine can spare, if not given.",
      valueName: "size"), transform: ByteSize.parse)
  var memory: ByteSize?

  @Option(
    parsing: .unconditional,
    help: .number("Processors that the workers of a version share; the machine's, if not given."),
    transform: WholeNumber.parse)
  var cores: UInt32?

  @Flag(help: "Return when every service is ready; `slipway down` ends the suite.")
  var detach = false

  @Option(
    parsing: .unconditional,
    help: .time(
      "With --detach: how long to wait until every service is ready.", default: Self.timeoutDefault),
    transform: TimeSpan.parse)
  var timeout: TimeSpan?

  /// Given by ``DetachedSuite`` to the process that goes on.
  @Flag(help: .hidden)
  var detached = false

  @Option(
    parsing: .unconditional,
    help: .time(
      "How long processes may take to finish what they took when they are stopped.",
      default: Self.graceDefault),
    transform: TimeSpan.parse)
  var grace: TimeSpan = Self.graceDefault

  func validate() throws {
    if cores == 0 { throw ValidationError("expected `--cores` from 1 on") }
    guard !detach else { return }
    let alone = timeout != nil ? "--timeout" : output.json ? "--json" : nil
    if let alone {
      throw ValidationError(
        "expected `\(alone)` together with --detach: without it `slipway up` stays until Ctrl-C")
    }
  }

  func run() async throws {
    let context = try ToolContext.current()
    guard !detach else { return try await startDetached(context) }
    let console = context.output
    var configuration = SupervisorConfiguration(
      state: place.directory(context), ports: try PortPlan(base: portBase),
      executables: context.executables, environment: context.environment)
    configuration.grace = grace.duration
    configuration.polls = latency
    configuration.memoryBytesMax = memory?.bytes
    if let cores { configuration.cores = Int(cores) }
    configuration.certificates = context.certificates(certs)
    if let folder = configuration.certificates { try Self.check(folder) }
    let prefix = LinePrefix(width: 20, usesColour: console.isTerminal)
    let logs = LogBook(folder: configuration.state.logs, prefix: prefix) { line in
      // Without a terminal the files are enough; nobody would make room for a copy of them.
      if !detached { console.write("\(line)\n") }
    }
    let supervisor = Supervisor(configuration: configuration, links: context.links, logs: logs) {
      for line in Self.lines(for: $0) { logs.write(line, of: "slipway", label: "slipway") }
    }
    let stop = StopSignal()
    // The terminal that it was started from may close.
    if detached { signal(SIGHUP, SIG_IGN) }
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

  private func startDetached(_ context: ToolContext) async throws {
    let state = place.directory(context)
    // Wrong ones are told here, not in a log.
    _ = try PortPlan(base: portBase)
    let certificates = context.certificates(certs)
    if let certificates { try Self.check(certificates) }
    let suite = try DetachedSuite.start(
      "\(context.executables)/slipway",
      [
        "up", "--detached", "--state", state.path, "--port-base", "\(portBase)", "--grace",
        grace.text,
      ] + (certificates.map { ["--certs", $0] } ?? []) + (latency ? ["--latency"] : [])
        + (memory.map { ["--memory", $0.text] } ?? [])
        + (cores.map { ["--cores", "\($0)"] } ?? []),
      environment: context.environment, state: state)
    let endpoints = try await suite.endpoints(
      within: (timeout ?? Self.timeoutDefault).duration, grace: grace.duration)
    let views = endpoints.sorted { $0.key < $1.key }.map {
      EndpointView(service: $0.key, endpoint: $0.value)
    }
    context.present(PresentableList(elements: views), isJSON: output.json)
  }

  /// An event as a person reads it.
  static func lines(for event: SupervisorEvent) -> [String] {
    switch event {
    case .child(_, .started(let label, let process)): ["\(label) runs as process \(process)"]
    case .child(_, .ended(let ending, let wait)):
      ["\(ending.label) \(ending.reason); it starts again in \(wait.spelled)"]
    case .child(_, .parked(let label, let lastLines)):
      ["\(label) is parked: it ends again and again; its last lines were:"]
        + lastLines.map { "  \($0)" }
    case .child(_, .refused(let refusal)):
      ["\(refusal.label) is parked: \(refusal.reason)"]
    case .child(let name, .stopped): ["\(name) stopped"]
    case .ready(let role, let endpoint): ["\(role) is ready on \(endpoint)"]
    case .up: ["the suite is up"]
    case .watchLost(let reason): ["the registry's watch broke and is tried again: \(reason)"]
    case .hung(let worker):
      ["\(worker) has lost its lease and does not answer: it is killed and replaced"]
    case .absentUnpublished(let reason):
      ["which workers do not run can't be written: \(reason)"]
    case .stopping: ["stopping"]
    }
  }
}

extension Duration {
  fileprivate var spelled: String {
    "\(components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000) ms"
  }
}
