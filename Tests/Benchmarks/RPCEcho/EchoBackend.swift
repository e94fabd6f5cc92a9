internal import Contracts
internal import Foundation
internal import RPC
internal import ServiceRuntime
internal import TransportTCP
internal import Trust

/// What a gateway needs behind it to be measured: a worker that answers each inference with its request, and
/// a registry that knows of it.
enum EchoBackend {
  static let model = "echo"
  /// An inference as the gateway sees it, which looks into no body.
  static let infer = Method<EchoMessage, EchoMessage>(Inference.API.modelInfer.descriptor)

  /// Serves until the process is ended; prints `READY <port of the registry>` once both listen.
  static func run(_ wire: EchoWire) async throws {
    guard let state = wire.gatewayState else {
      throw RPCError(.invalidArgument, "a backend needs `--gateway STATE`")
    }
    FreedMemory.keep()
    let keys = ServiceKeyFolder(stateDirectory: state)
    try keys.createMissing()
    var models = Router()
    EchoRouter.addCall(.async, infer, to: &models)
    let worker = try await listen(models, as: .inferenceWorker, keys, loops: wire.loops)
    let watched = [Self.state(of: worker.address), Registry.ModelState()]
    var routes = Router()
    routes.serverStream(Registry.API.watchModels) { _, _, writer async throws(RPCError) in
      for state in watched { try await writer.write(state) }
      // The watch lasts; the caller's cancellation ends the wait.
      do {
        while true { try await Task.sleep(for: .seconds(3600)) }
      } catch {
        throw RPCError(.cancelled, "nobody watches any more")
      }
    }
    let registry = try await listen(routes, as: .registry, keys, loops: .shared)
    let port = registry.address.split(separator: ":").last ?? ""
    FileHandle.standardOutput.write(Data("READY \(port)\n".utf8))
    while true { try await Task.sleep(for: .seconds(3600)) }
  }

  private static func listen(
    _ router: Router, as role: ServiceRole, _ keys: ServiceKeyFolder, loops: EventLoopLinks
  ) async throws -> TCPServer {
    let core = ServerCore(
      router: router,
      authenticator: ServiceAuthenticator(
        identity: try keys.identity(of: role), trust: try keys.trust()),
      gates: [RoleAdmission()], observers: [CallMetrics(router.descriptors)])
    return try await TCPServer.listen(core: core, loops: loops, host: "127.0.0.1", port: 0)
  }

  private static func state(of worker: String) -> Registry.ModelState {
    Registry.ModelState(
      model: model,
      deployment: Registry.Deployment(
        model: model, targets: [Registry.Target(version: 1, replicas: 1, weight: 100)]),
      leases: [
        Registry.Lease(
          workerID: "echo", model: model, version: 1, endpoint: worker, state: "serving",
          expiresAt: .max)
      ],
      versions: [1])
  }
}
