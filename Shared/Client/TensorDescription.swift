/// What a model says of one of its inputs or outputs.
public struct TensorDescription: Sendable, Hashable {
  public var name: String
  /// Name in the Open Inference Protocol, such as `FP32`.
  public var datatype: String
  /// The outermost dimension first; -1 for a length that varies.
  public var shape: [Int]

  public init(name: String, datatype: String, shape: [Int]) {
    self.name = name
    self.datatype = datatype
    self.shape = shape
  }
}
