internal import Contracts
public import RPC

/// Asks models through a gateway.
///
/// Cheap to copy; calls may run at the same time and share a connection. Every call throws
/// ``RPCError``. A gateway that restarts, and connections that are lost, are ridden over here (see
/// ``connect(to:key:authority:settings:)``). Worth a retry of your own: `resourceExhausted` after its
/// `retryAfter`, and `unavailable` after a while; asking a model twice is the same as once. Not worth
/// one: `invalidArgument` (its message names the tensor and what was expected), `notFound`,
/// `permissionDenied`, `unauthenticated`.
public struct GatewayClient: Sendable {
  private let channel: any Channel
  private let closeChannel: @Sendable () async -> Void

  package init(_ channel: any Channel, close: @escaping @Sendable () async -> Void = {}) {
    self.channel = channel
    closeChannel = close
  }

  /// Ends the connection; calls that are under way fail with `cancelled`.
  public func close() async { await closeChannel() }

  /// Runs a model once.
  public func infer(_ request: InferenceRequest) async throws(RPCError) -> InferenceResult {
    var options = Self.options(model: request.model, version: request.version)
    options.timeout = request.timeout
    options.metadata.routingKey = Array(request.routingKey.utf8)
    options.metadata.requestID = Array(request.id.utf8)
    let message = Inference.ModelInferRequest(
      modelName: request.model, modelVersion: request.version, id: request.id,
      inputs: request.inputs.map {
        .init(name: $0.name, datatype: $0.elements.datatype, shape: $0.shape.map(Int64.init))
      },
      outputs: request.outputs.map { .init(name: $0) },
      rawInputContents: request.inputs.map(\.elements.rawBytes))
    let response = try await channel.call(
      Inference.API.modelInfer, message, options: options)
    var outputs: [Tensor] = []
    for index in response.outputs.indices {
      outputs.append(try Self.output(index, of: response))
    }
    return InferenceResult(
      model: response.modelName, version: response.modelVersion, id: response.id,
      outputs: outputs)
  }

  /// What a model takes and gives.
  ///
  /// - Parameter version: a number or an alias; empty for whatever the deployment's split gives.
  public func describe(
    _ model: String, version: String = ""
  ) async throws(RPCError) -> ModelDescription {
    let response = try await channel.call(
      Inference.API.modelMetadata,
      Inference.ModelMetadataRequest(name: model, version: version),
      options: Self.options(model: model, version: version))
    return ModelDescription(
      name: response.name, versions: response.versions, platform: response.platform,
      inputs: response.inputs.map(Self.description), outputs: response.outputs.map(Self.description)
    )
  }

  /// Whether a worker serves the model now.
  public func isReady(_ model: String, version: String = "") async throws(RPCError) -> Bool {
    try await channel.call(
      Inference.API.modelReady, Inference.ModelReadyRequest(name: model, version: version),
      options: Self.options(model: model, version: version)
    ).ready
  }

  /// Routing reads the head of a call, never its body.
  private static func options(model: String, version: String) -> CallOptions {
    var options = CallOptions()
    options.metadata.model = Array(model.utf8)
    options.metadata.version = Array(version.utf8)
    return options
  }

  private static func description(
    _ tensor: Inference.ModelMetadataResponse.TensorMetadata
  ) -> TensorDescription {
    TensorDescription(
      name: tensor.name, datatype: tensor.datatype, shape: tensor.shape.map(Int.init))
  }

  private static func output(
    _ index: Int, of response: Inference.ModelInferResponse
  ) throws(RPCError) -> Tensor {
    let output = response.outputs[index]
    let elements =
      if response.rawOutputContents.indices.contains(index) {
        TensorElements(datatype: output.datatype, rawBytes: response.rawOutputContents[index])
      } else {
        TensorElements(datatype: output.datatype, contents: output.contents ?? .init())
      }
    let shape = output.shape.map(Int.init)
    guard let elements, elements.count == count(shape) else {
      throw RPCError(
        .dataLoss,
        "output `\(output.name)` is not what its datatype `\(output.datatype)` and shape \(shape) say"
      )
    }
    return Tensor(name: output.name, shape: shape, elements: elements)
  }

  /// Elements of a shape; -1 for one that no tensor can have.
  private static func count(_ shape: [Int]) -> Int {
    var count = 1
    for length in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard length >= 0, !overflow else { return -1 }
      count = product
    }
    return count
  }
}
