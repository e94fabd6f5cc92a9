internal import FoundationEssentials

/// What the process that probed a model in one engine tells the one that started it.
struct EngineFindings: Sendable, Codable {
  /// The outputs of one case, or why there are none.
  struct Answer: Sendable, Codable {
    var title: String
    var outputs: [AnsweredTensor] = []
    var failure: String?
    /// Outputs that differed when the case ran a second time: chance is part of the model.
    var varying: [String] = []
  }

  var version: String
  /// The bytes of `signature.json`.
  var signature: Data
  var loadMilliseconds: Double
  var latencies: [ProbeRecord.Latency]
  var answers: [Answer]
}

/// A tensor as JSON.
struct AnsweredTensor: Sendable, Codable {
  var name: String
  var datatype: TensorDataType
  var shape: [Int]
  var raw: Data?
  var strings: [Data]?

  init(_ tensor: Tensor) {
    name = tensor.name
    datatype = tensor.datatype
    shape = tensor.shape
    switch tensor.contents {
    case .raw(let bytes): raw = Data(bytes)
    case .strings(let strings): self.strings = strings.map { Data($0) }
    }
  }

  /// Nil if its contents don't fit its shape: the process that wrote it may be the model's.
  var tensor: Tensor? {
    guard let count = Tensor.elementCount(of: shape) else { return nil }
    if let width = datatype.byteWidth {
      guard let raw, count.multipliedReportingOverflow(by: width) == (raw.count, false) else {
        return nil
      }
      return Tensor(name: name, datatype: datatype, shape: shape, contents: .raw([UInt8](raw)))
    }
    guard let strings, strings.count == count else { return nil }
    return Tensor(
      name: name, datatype: datatype, shape: shape,
      contents: .strings(strings.map { [UInt8]($0) }))
  }
}
