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
}
