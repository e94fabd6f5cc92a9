/// One input or output of a model.
public struct Tensor: Sendable, Hashable {
  public var name: String
  /// Lengths, the outermost dimension first; empty for a scalar.
  public var shape: [Int]
  /// As many as the shape's lengths multiply to.
  public var elements: TensorElements

  public init(name: String, shape: [Int], elements: TensorElements) {
    self.name = name
    self.shape = shape
    self.elements = elements
  }

  /// `FP32`, row-major.
  public init(_ name: String, shape: [Int], _ values: [Float]) {
    self.init(name: name, shape: shape, elements: .fp32(values))
  }

  /// `INT32`, row-major.
  public init(_ name: String, shape: [Int], _ values: [Int32]) {
    self.init(name: name, shape: shape, elements: .int32(values))
  }

  /// `INT64`, row-major.
  public init(_ name: String, shape: [Int], _ values: [Int64]) {
    self.init(name: name, shape: shape, elements: .int64(values))
  }

  /// `BYTES` of UTF-8, row-major.
  public init(_ name: String, shape: [Int], _ values: [String]) {
    self.init(name: name, shape: shape, elements: .bytes(values.map { Array($0.utf8) }))
  }
}
