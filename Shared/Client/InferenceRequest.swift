/// What a model is asked.
public struct InferenceRequest: Sendable, Hashable {
  public var model: String
  /// A number or an alias; empty for whatever the deployment's split gives.
  public var version: String
  /// Comes back in the result and stands in logs; at most 64 bytes, empty for none.
  public var id: String
  public var inputs: [Tensor]
  /// Names of the outputs to answer with; empty for all of them.
  public var outputs: [String]
  /// Calls with the same key go to the same version of a split; at most 256 bytes, empty for none.
  public var routingKey: String
  /// How long the caller waits; work that would come too late is not begun.
  public var timeout: Duration

  public init(
    model: String, version: String = "", id: String = "", inputs: [Tensor],
    outputs: [String] = [], routingKey: String = "", timeout: Duration = .seconds(30)
  ) {
    self.model = model
    self.version = version
    self.id = id
    self.inputs = inputs
    self.outputs = outputs
    self.routingKey = routingKey
    self.timeout = timeout
  }
}
