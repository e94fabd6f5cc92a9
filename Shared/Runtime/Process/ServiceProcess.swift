package import Base
internal import Foundation
internal import Logging
internal import Metrics
internal import RPC
internal import ServiceLifecycle
internal import TransportTCP
internal import UnixSignals
package import Trust

/// One service of the suite as a process: settings, keys, listener, health and metrics, orderly end.
package enum ServiceProcess {
  /// Time that calls which have begun get to end after SIGTERM.
  static let drainGrace = Duration.seconds(20)

  /// Runs until SIGTERM or SIGINT, and exits as ``ServiceExitStatus`` says.
  ///
  /// - Parameters:
  ///   - modes: further ways to call the process, for `--help`; the process looks for them before.
  ///   - exitStatus: of an error of the service's own; wrong settings are known here.
  ///   - assemble: builds the service from its core.
  package static func run(
    _ role: ServiceRole, modes: [String] = [],
    exitStatus: (any Error) -> ServiceExitStatus = { _ in .failed },
    _ assemble: @Sendable (ServiceEnvironment) async throws -> ServiceAssembly
  ) async {
    FreedMemory.keep()
    do {
      switch try ServiceCommand(Array(CommandLine.arguments.dropFirst()), of: role) {
      case .serve: break
      case .help: return say(ServiceCommand.help(of: role, modes: modes))
      case .version: return say("\(role) \(Release.name)\n")
      }
      let settings = try ServiceSettings(role: role)
      try settings.prepareStateDirectory()
      try await run(role, settings: settings, assemble)
    } catch let error as ServiceCommand.UsageError {
      complain(role, error.description)
      exit(ServiceExitStatus.settings.rawValue)
    } catch let error as SettingsError {
      complain(role, error.description)
      exit(ServiceExitStatus.settings.rawValue)
    } catch let error as TLSFileError {
      complain(role, error.description)
      exit(ServiceExitStatus.settings.rawValue)
    } catch let error as RPCError {
      complain(role, error.message)
      let isSetting = [.invalidArgument, .failedPrecondition].contains(error.code)
      exit((isSetting ? ServiceExitStatus.settings : .failed).rawValue)
    } catch {
      complain(role, "\(error)")
      exit(exitStatus(error).rawValue)
    }
  }

  private static func run(
    _ role: ServiceRole, settings: ServiceSettings,
    _ assemble: @Sendable (ServiceEnvironment) async throws -> ServiceAssembly
  ) async throws {
    // Workers tell the registry where gateways reach them.
    if role == .inferenceWorker { try settings.checkReachable() }
    try settings.tls?.check(role: role.rawValue)
    let metrics = PrometheusFactory()
    MetricsSystem.bootstrap(metrics)
    LogOutput.bootstrap(role: role, level: settings.logLevel, format: settings.logFormat)
    let logger = Logger(label: role.rawValue)
    let keys = ServiceKeyFolder(stateDirectory: settings.stateDirectory)
    // A worker has given up the right to read other roles' keys by now.
    if role != .inferenceWorker { try keys.createMissing() }
    let environment = ServiceEnvironment(
      role: role, settings: settings, identity: try keys.identity(of: role),
      trust: try keys.trust(), connector: Connector(tls: settings.tls, polls: settings.polls),
      logger: logger)
    let assembly = try await assemble(environment)

    let limits = try ServerLimits(settings)
    let connections = ConnectionMetrics(logger: logger)
    let core = ServerCore(
      router: assembly.router,
      authenticator: ServiceAuthenticator(
        identity: environment.identity, trust: environment.trust, keyCheck: assembly.keyCheck,
        onRefusal: assembly.onRefusal),
      // Metrics see refused calls too; roles are looked at before anything else is spent on a call.
      gates: [RoleAdmission()] + assembly.gates,
      observers: [CallMetrics(assembly.router.descriptors)], connectionObserver: connections,
      assertionVerifier: GatewayAssertionVerifier(audience: role, trust: environment.trust),
      settings: .ofRelease(as: role), limits: limits)
    // The gateway's own callers are clients: somebody else's haste.
    let server = try await TCPServer.listen(
      core: core, loops: environment.connector.loops, host: settings.listen.host,
      port: settings.listen.port, tls: settings.tls, polls: settings.polls && role != .gateway)
    let operations = OperationsServer(
      listen: settings.opsListen, metrics: metrics, logger: logger, fault: assembly.fault,
      sample: { connections.sample(core) })
    try await assembly.onListening(settings.reachable(at: server.address))
    logger.info("serving", metadata: ["address": "\(server.address)"])

    SupervisionWatch.startIfSupervised()
    try await ServiceRun(
      server: server, operations: operations, assembly: assembly, drainGrace: drainGrace
    ).run(signals: [.sigterm, .sigint])
    logger.info("ended")
  }

  private static func say(_ text: String) {
    try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
  }

  private static func complain(_ role: ServiceRole, _ message: String) {
    try? FileHandle.standardError.write(contentsOf: Data("\(role): \(message)\n".utf8))
  }
}
