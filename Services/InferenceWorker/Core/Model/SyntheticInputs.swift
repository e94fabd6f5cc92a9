/// Inputs that fit a signature, made of nothing: zeros and empty strings, every open dimension 1.
package enum SyntheticInputs {
  /// Larger inputs are not made up: warming up must not cost more than serving.
  package static let bytesMax = 256 << 20

  /// Nil if the inputs would be larger than `bytesMax`.
  package static func make(for signature: ModelSignature) -> [Tensor]? {
    var inputs: [Tensor] = []
    var bytes = 0
    for spec in signature.inputs {
      let shape = (spec.shape ?? [1]).map { dimension in
        if case .fixed(let length) = dimension { length } else { 1 }
      }
      guard let count = Tensor.elementCount(of: shape) else { return nil }
      // An empty string takes its place in an array of arrays.
      let (size, overflow) = count.multipliedReportingOverflow(by: spec.datatype.byteWidth ?? 8)
      guard !overflow, size <= bytesMax - bytes else { return nil }
      bytes += size
      let contents: Tensor.Contents =
        spec.datatype == .bytes
        ? .strings([[UInt8]](repeating: [], count: count))
        : .raw([UInt8](repeating: 0, count: size))
      inputs.append(
        Tensor(name: spec.name, datatype: spec.datatype, shape: shape, contents: contents))
    }
    return inputs
  }
}
