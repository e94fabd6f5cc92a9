import InferenceWorkerCore

extension Tensor {
  static func floats(_ name: String, _ values: [Float]) -> Tensor {
    Tensor(
      name: name, datatype: .fp32, shape: [values.count],
      contents: .raw(
        values.flatMap { value in
          (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) }
        }))
  }

  /// The elements of an FP32 tensor.
  var elements: [Float] {
    guard case .raw(let bytes) = contents else { return [] }
    return stride(from: 0, to: bytes.count, by: 4).map { start in
      Float(
        bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << ($1 * 8) })
    }
  }
}
