internal import Contracts
internal import CoreMetrics
internal import Foundation
internal import RPC
internal import ServiceRuntime
internal import TransportTCP

/// The echo with all that a service has: role keys, metrics, admission by role.
enum EchoServer {
  /// Serves until the process is ended; prints `READY <port>` once it listens.
  static func run(port: Int, isAsync: Bool) async throws {
    MetricsSystem.bootstrap(PrometheusFactory())
    let router = router(isAsync: isAsync)
    let core = ServerCore(
      router: router,
      authenticator: ServiceAuthenticator(
        identity: try BenchmarkKeys.identity(of: BenchmarkKeys.serverRole),
        trust: try BenchmarkKeys.trust()),
      // As `ServiceProcess` has them.
      gates: [RoleAdmission()], observers: [CallMetrics(router.descriptors)])
    let server = try await TCPServer.listen(
      core: core, loops: EventLoopLinks(threads: 1), host: "127.0.0.1", port: port)
    let listening = server.address.split(separator: ":").last ?? ""
    FileHandle.standardOutput.write(Data("READY \(listening)\n".utf8))
    while true { try await Task.sleep(for: .seconds(3600)) }
  }

  private static func router(isAsync: Bool) -> Router {
    var router = Router()
    if isAsync {
      router.unaryOnLoop(echoCall) { request, _ in request }
    } else {
      router.synchronous(echoCall.descriptor) { connection, call in
        do throws(RPCError) {
          try connection.withInflated(
            call.body, flags: call.flags, byteCount: call.bodyByteCount
          ) { (body) throws(RPCError) in
            connection.respond(to: call.stream, with: try decoded(body))
          }
        } catch {
          connection.fail(call.stream, error)
        }
      }
    }
    return router
  }

  private static func decoded(_ body: RawSpan) throws(RPCError) -> EchoMessage {
    do throws(DecodeError) {
      return try EchoMessage(decoding: body, limits: .forBody(byteCount: body.byteCount))
    } catch {
      throw RPCError(error)
    }
  }
}
