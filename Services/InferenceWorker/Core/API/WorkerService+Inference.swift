internal import Base
internal import Contracts
internal import Logging
internal import RPC

/// The Open Inference Protocol's methods for the one model that this process serves.
extension WorkerService {
  /// Hands a call to the engine's queue, which answers it.
  func infer(
    _ request: Inference.ModelInferRequest, _ context: CallContext, _ deferred: DeferredCall
  ) throws(RPCError) -> any DeferredWork {
    let (served, call, deadline) = try checked(request, context)
    let reply = InferenceReply(
      service: self, pool: served.pool, call: deferred, id: call.id, form: call.form)
    served.pool.submit(
      EngineRequest(
        inputs: call.inputs, outputs: call.outputs, priority: context.priority, deadline: deadline,
        sharingKey: context.sharingKey, waiter: .reply(reply)), for: reply)
    return reply
  }

  nonisolated(nonsending) func infer(
    _ request: Inference.ModelInferRequest, _ context: CallContext
  ) async throws(RPCError) -> Inference.ModelInferResponse {
    let (served, call, deadline) = try checked(request, context)
    do throws(InferenceFailure) {
      let outputs = try await served.pool.run(
        call.inputs, outputs: call.outputs, priority: context.priority, deadline: deadline,
        sharingKey: context.sharingKey)
      return response(outputs, id: call.id, form: call.form)
    } catch {
      throw answer(error)
    }
  }

  func response(
    _ outputs: [Tensor], id: String, form: ContentsForm
  ) -> Inference.ModelInferResponse {
    InferCall.response(
      outputs, id: id, form: form, model: configuration.model, version: configuration.version)
  }

  /// A request that fits the model, and when its answer is of no use any more.
  private func checked(
    _ request: Inference.ModelInferRequest, _ context: CallContext
  ) throws(RPCError) -> (ServedModel, InferCall, MonotonicInstant) {
    let served = try served()
    try checkName(request.modelName, version: request.modelVersion)
    let call: InferCall
    do throws(InferRequestFault) {
      call = try InferCall(request)
    } catch {
      throw RPCError(error)
    }
    do throws(RequestFault) {
      try served.validator.validate(inputs: call.inputs, outputs: call.outputs)
    } catch {
      throw RPCError(error)
    }
    let own = call.timeout.map { clock.now.advanced(by: $0) } ?? .distantFuture
    return (served, call, min(context.deadline, own))
  }

  func metadata(
    _ request: Inference.ModelMetadataRequest
  ) throws(RPCError) -> Inference.ModelMetadataResponse {
    let served = try served()
    try checkName(request.name, version: request.version)
    let format = served.version.modelFile.split(separator: ".").last.map { "_\($0)" } ?? ""
    return Inference.ModelMetadataResponse(
      name: configuration.model, versions: ["\(configuration.version)"],
      platform: served.version.engineName + format,
      inputs: served.signature.inputs.map(Self.metadata),
      outputs: served.signature.outputs.map(Self.metadata))
  }

  func isReady(_ request: Inference.ModelReadyRequest) throws(RPCError) -> Bool {
    try checkName(request.name, version: request.version)
    return phase == .serving
  }

  /// The body comes as the client wrote it, so its version may be an alias that the gateway has
  /// resolved; only a number can be known to be another one.
  private func checkName(_ name: String, version: String) throws(RPCError) {
    let isVersion = UInt32(version).map { $0 == configuration.version } ?? true
    guard name == configuration.model, isVersion else {
      let asked = version.isEmpty ? quoted(name) : "\(quoted(name)) version \(quoted(version))"
      throw RPCError(
        .notFound,
        "this worker does not serve \(asked); "
          + "it serves \(quoted(configuration.model)) version \(configuration.version)")
    }
  }

  func answer(_ failure: InferenceFailure) -> RPCError {
    switch failure {
    case .refused(let refusal): return RPCError(refusal)
    case .dropped(let cause): return RPCError(cause)
    case .engine(let error):
      let reference = String(UInt64.random(in: .min ... .max), radix: 36)
      logger.warning(
        "the model failed on a request",
        metadata: ["error": "\(error)", "reference": "\(reference)"])
      return RPCError(error, reference: reference)
    }
  }

  /// An input of any rank says `[-1]`.
  private static func metadata(
    _ spec: TensorSpec
  ) -> Inference.ModelMetadataResponse.TensorMetadata {
    .init(
      name: spec.name, datatype: spec.datatype.rawValue,
      shape: spec.shape?.map { Int64($0.length) } ?? [-1])
  }
}
