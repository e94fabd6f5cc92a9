/// What a model answered.
public struct InferenceResult: Sendable, Hashable {
  public var model: String
  /// Number of the version that answered.
  public var version: String
  public var id: String
  public var outputs: [Tensor]

  public init(model: String, version: String, id: String = "", outputs: [Tensor]) {
    self.model = model
    self.version = version
    self.id = id
    self.outputs = outputs
  }

  /// The output of this name, or nil.
  public subscript(name: String) -> Tensor? {
    outputs.first { $0.name == name }
  }
}
