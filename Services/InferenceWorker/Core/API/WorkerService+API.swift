internal import Contracts
package import RPC

/// A worker's methods on a router.
extension WorkerService {
  /// What `ServerMetadata` names of the Open Inference Protocol's extensions.
  static let extensions = ["binary_tensor_data"]

  /// Adds the Open Inference Protocol's methods, for gateways only, and the worker's own.
  package func register(on router: inout Router) {
    registerInference(on: &router)
    router.unary(Worker.API.getStatus) { [self] _, _ in status }
    router.unary(Worker.API.drain) { [self] request, context in
      requestDrain(
        reason: request.reason.isEmpty ? "`\(context.actor)` asked for it" : request.reason)
      return Worker.DrainResponse()
    }
  }

  private func registerInference(on router: inout Router) {
    router.unary(Inference.API.serverLive) { _, context throws(RPCError) in
      try Self.checkIsGateway(context)
      return Inference.ServerLiveResponse(live: true)
    }
    router.unary(Inference.API.serverReady) { [self] _, context throws(RPCError) in
      try Self.checkIsGateway(context)
      return Inference.ServerReadyResponse(ready: phase == .serving)
    }
    router.unary(Inference.API.modelReady) { [self] request, context throws(RPCError) in
      try Self.checkIsGateway(context)
      return Inference.ModelReadyResponse(ready: try isReady(request))
    }
    router.unary(Inference.API.serverMetadata) { [self] _, context throws(RPCError) in
      try Self.checkIsGateway(context)
      return Inference.ServerMetadataResponse(
        name: "slipway", version: release, extensions: Self.extensions)
    }
    router.unary(Inference.API.modelMetadata) { [self] request, context throws(RPCError) in
      try Self.checkIsGateway(context)
      return try metadata(request)
    }
    // Read and checked on the loop; the engine's threads answer it, with the others of its batch.
    router.unaryDeferred(Inference.API.modelInfer) {
      [self] request, context, call throws(RPCError) in
      try Self.checkIsGateway(context)
      return try infer(request, context, call)
    }
  }

  /// Limits and policy stand at the gateway: whoever comes past it is refused, whatever the role.
  private static func checkIsGateway(_ context: CallContext) throws(RPCError) {
    guard case .service("gateway") = context.peer else {
      throw RPCError(.permissionDenied, "a worker takes inference from a gateway only")
    }
  }

  private var status: Worker.WorkerStatus {
    let load = load
    return Worker.WorkerStatus(
      workerID: configuration.workerID, model: configuration.model,
      version: configuration.version, state: phase.rawValue,
      queueDepth: UInt32(clamping: load.queueDepth), inFlight: UInt32(clamping: load.inFlight),
      requests: load.requests, failures: load.failures, dropped: load.droppedTotal)
  }
}
