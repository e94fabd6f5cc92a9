/// What can be asked of a model.
public struct ModelDescription: Sendable, Hashable {
  public var name: String
  /// Versions that serve.
  public var versions: [String]
  /// Such as `onnxruntime_onnx`.
  public var platform: String
  public var inputs: [TensorDescription]
  public var outputs: [TensorDescription]

  public init(
    name: String, versions: [String], platform: String, inputs: [TensorDescription],
    outputs: [TensorDescription]
  ) {
    self.name = name
    self.versions = versions
    self.platform = platform
    self.inputs = inputs
    self.outputs = outputs
  }
}
