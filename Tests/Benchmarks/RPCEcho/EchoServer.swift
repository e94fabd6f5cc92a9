internal import CoreMetrics
internal import Foundation
internal import RPC
internal import ServiceRuntime
internal import TransportTCP
internal import Trust

/// The echo with all that a service has: role keys, metrics, admission by role.
enum EchoServer {
  /// Serves until the process is ended; prints `READY <port>` once it listens.
  static func run(port: Int, mode: EchoMode, wire: EchoWire) async throws {
    FreedMemory.keep()
    MetricsSystem.bootstrap(PrometheusFactory())
    let router = EchoRouter.make(mode)
    let core = ServerCore(
      router: router,
      authenticator: ServiceAuthenticator(
        identity: try BenchmarkKeys.identity(of: BenchmarkKeys.serverRole),
        trust: try BenchmarkKeys.trust()),
      // As `ServiceProcess` has them.
      gates: [RoleAdmission()], observers: [CallMetrics(router.descriptors)])
    let server = try await TCPServer.listen(
      core: core, loops: wire.loops, host: wire.host, port: port,
      tls: wire.tls(of: BenchmarkKeys.serverRole.rawValue), compresses: wire.compresses,
      polls: wire.polls)
    let listening = server.address.split(separator: ":").last ?? ""
    FileHandle.standardOutput.write(Data("READY \(listening)\n".utf8))
    while true { try await Task.sleep(for: .seconds(3600)) }
  }
}
