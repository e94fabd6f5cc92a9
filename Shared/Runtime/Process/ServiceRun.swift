internal import Logging
internal import ServiceLifecycle
internal import TransportTCP
internal import UnixSignals

/// The parts of a service while they run together: whichever of them ends, all drain.
struct ServiceRun {
  let server: TCPServer
  let operations: any Service
  let assembly: ServiceAssembly
  /// Time that calls which have begun get to end.
  let drainGrace: Duration

  /// Returns when the service was asked to end and has drained.
  ///
  /// - Throws: what a part failed with, once the others have drained.
  func run(signals: [UnixSignal]) async throws {
    let parts: [any Service] =
      [ListenerService(server: server, onDrain: assembly.onDrain, grace: drainGrace), operations]
      + assembly.background.map { BackgroundService(background: $0) }
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: parts.map { part in
          ServiceGroupConfiguration.ServiceConfiguration(
            service: part, successTerminationBehavior: .gracefullyShutdownGroup,
            failureTerminationBehavior: .gracefullyShutdownGroup)
        },
        gracefulShutdownSignals: signals,
        logger: Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }))
    do {
      try await group.run()
    } catch {
      await assembly.onEnd()
      throw error
    }
    await assembly.onEnd()
  }
}

/// Serves until it is asked to end, then drains.
private struct ListenerService: Service {
  let server: TCPServer
  let onDrain: @Sendable () async -> Void
  let grace: Duration

  func run() async throws {
    try await gracefulShutdown()
    await onDrain()
    await server.shutdown(grace: grace)
  }
}
