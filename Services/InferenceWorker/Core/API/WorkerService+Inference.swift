internal import Base
internal import Contracts
internal import Logging
internal import RPC

/// The Open Inference Protocol's methods for the one model that this process serves.
extension WorkerService {
  nonisolated(nonsending) func infer(
    _ request: Inference.ModelInferRequest, _ context: CallContext
  ) async throws(RPCError) -> Inference.ModelInferResponse {
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
    do throws(InferenceFailure) {
      let outputs = try await served.pool.run(
        call.inputs, outputs: call.outputs, priority: context.priority,
        deadline: min(context.deadline, own), sharingKey: context.sharingKey)
      return call.response(
        outputs, model: configuration.model, version: configuration.version)
    } catch {
      throw answer(error)
    }
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

  private func answer(_ failure: InferenceFailure) -> RPCError {
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
