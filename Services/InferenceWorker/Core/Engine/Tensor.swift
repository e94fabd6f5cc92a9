/// One tensor of a request or an answer.
package struct Tensor: Sendable, Equatable {
  package enum Contents: Sendable, Equatable {
    /// Elements of a fixed width, little-endian, row-major, without gaps. BOOL is 0 or 1.
    ///
    /// Always a whole array, whose storage is aligned to 16 bytes: engines read it in place.
    case raw([UInt8])
    /// The elements of a BYTES tensor, row-major.
    case strings([[UInt8]])
  }

  package var name: String
  package var datatype: TensorDataType
  /// Outermost dimension first; empty for a scalar.
  package var shape: [Int]
  package var contents: Contents

  package init(name: String, datatype: TensorDataType, shape: [Int], contents: Contents) {
    self.name = name
    self.datatype = datatype
    self.shape = shape
    self.contents = contents
  }
}

extension Tensor {
  /// How many elements a shape holds; nil if a dimension is negative or the count, with dimensions
  /// of 0 left out, is beyond `Int`.
  package static func elementCount(of shape: [Int]) -> Int? {
    var product = 1
    var isEmpty = false
    for dimension in shape where dimension != 1 {
      if dimension == 0 {
        isEmpty = true
        continue
      }
      guard dimension > 0 else { return nil }
      let (next, overflow) = product.multipliedReportingOverflow(by: dimension)
      guard !overflow else { return nil }
      product = next
    }
    return isEmpty ? 0 : product
  }
}
