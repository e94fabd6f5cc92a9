package import Card

/// How calls of one model are put into one run and its outputs taken apart again: its first dimension is
/// the batch's on every input and output.
package struct BatchRule: Sendable {
  /// What a batch may lengthen: an input's second dimension.
  struct Padding: Sendable, Hashable {
    /// One element.
    let element: [UInt8]
  }

  /// Lengths that are padded share a batch if they are in one bucket: up to 8, 16, 32, …
  static let bucketMin = 8

  package let signature: ModelSignature
  /// 1 if calls can't share a run.
  package private(set) var rowsMax: Int
  /// Why they can't, for the log.
  package private(set) var whyAlone: String?
  /// By input; nil where lengths must be equal.
  let paddings: [Padding?]
  /// Outputs whose second dimension is the padded one: they are cut to their own length.
  let isTrimmed: [Bool]
  private let inputIndex: [String: Int]
  private let outputIndex: [String: Int]

  /// - Throws: a padding of the card that this model can't have.
  package init(signature: ModelSignature, card: ServingCard = ServingCard())
    throws(ServingCardError)
  {
    self.signature = signature
    inputIndex = Dictionary(
      uniqueKeysWithValues: signature.inputs.enumerated().map { ($0.element.name, $0.offset) })
    outputIndex = Dictionary(
      uniqueKeysWithValues: signature.outputs.enumerated().map { ($0.element.name, $0.offset) })
    whyAlone = card.mayBatch ? Self.obstacle(in: signature) : "the card forbids it"
    rowsMax = whyAlone == nil ? card.batchRowsMax : 1
    (paddings, isTrimmed) = try Self.paddings(of: signature, card.padding)
  }

  /// From now on every call runs alone.
  package mutating func forbid(because reason: String) {
    rowsMax = 1
    whyAlone = reason
  }

  /// The inputs in the order of the signature.
  package func ordered(_ inputs: [Tensor]) -> [Tensor] {
    guard inputs.count > 1 else { return inputs }
    return inputs.sorted { inputIndex[$0.name] ?? 0 < inputIndex[$1.name] ?? 0 }
  }

  /// What the queue has to know of a call with these inputs, which are in the signature's order.
  package func call(_ inputs: [Tensor], outputs: [String]) -> QueuedCall {
    let bytes = inputs.reduce(0) { $0 + $1.byteCount }
    guard rowsMax > 1, let rows = inputs.first?.shape.first, (1...rowsMax).contains(rows) else {
      return QueuedCall(bytesPerRow: bytes)
    }
    var parts: [Int] = []
    for (index, input) in inputs.enumerated() {
      guard input.shape.first == rows else { return QueuedCall(bytesPerRow: bytes) }
      parts.append(input.shape.count)
      for axis in input.shape.indices.dropFirst() {
        let length = input.shape[axis]
        parts.append(axis == 1 && paddings[index] != nil ? Self.bucket(of: length) : length)
      }
    }
    for name in outputs { parts.append(outputIndex[name] ?? 0) }
    return QueuedCall(
      signature: BatchSignature(parts: parts), rows: rows, bytesPerRow: bytes / rows)
  }

  static func bucket(of length: Int) -> Int {
    guard length > bucketMin else { return length == 0 ? 0 : bucketMin }
    let (power, overflow) = 1.multipliedReportingOverflow(
      by: 1 << (Int.bitWidth - (length - 1).leadingZeroBitCount))
    return overflow ? length : power
  }

  // MARK: What a model allows

  /// Why a model's calls can't share a run; nil if they can.
  private static func obstacle(in signature: ModelSignature) -> String? {
    guard !signature.inputs.isEmpty else { return "it has no input" }
    var symbols: Set<String> = []
    for (role, specs) in [("input", signature.inputs), ("output", signature.outputs)] {
      for spec in specs {
        guard let shape = spec.shape, let first = shape.first else {
          return "\(role) \(quoted(spec.name)) has no dimension for a batch"
        }
        if case .fixed = first {
          return "the first dimension of \(role) \(quoted(spec.name)) is fixed"
        }
        guard role == "input", case .symbol(let name) = first else { continue }
        symbols.insert(name)
        if shape.dropFirst().contains(first) {
          return "\(quoted(name)) is more than the first dimension of input \(quoted(spec.name))"
        }
      }
    }
    return symbols.count > 1 ? "its inputs have different first dimensions" : nil
  }

  private static func paddings(
    of signature: ModelSignature, _ padding: [String: Double]
  ) throws(ServingCardError) -> ([Padding?], [Bool]) {
    var paddings = [Padding?](repeating: nil, count: signature.inputs.count)
    var isTrimmed = [Bool](repeating: false, count: signature.outputs.count)
    guard !padding.isEmpty else { return (paddings, isTrimmed) }
    func refusal(_ name: String, _ expected: String) -> ServingCardError {
      ServingCardError(field: "serving.padding.\(name)", expected: expected)
    }
    var symbols: Set<TensorSpec.Dimension> = []
    for (name, value) in padding.sorted(by: { $0.key < $1.key }) {
      guard let index = signature.inputs.firstIndex(where: { $0.name == name }) else {
        throw refusal(name, "an input of the model")
      }
      let spec = signature.inputs[index]
      guard let shape = spec.shape, shape.count > 1, case .symbol = shape[1] else {
        throw refusal(name, "an input whose second dimension is open and has a name")
      }
      guard let element = ElementBytes.element(value, of: spec.datatype) else {
        throw refusal(name, "a number that \(spec.datatype.rawValue) can hold")
      }
      symbols.insert(shape[1])
      paddings[index] = Padding(element: element)
    }
    for (index, spec) in signature.inputs.enumerated() {
      for (axis, dimension) in (spec.shape ?? []).enumerated() where symbols.contains(dimension) {
        guard axis == 1, paddings[index] != nil else {
          throw refusal(
            spec.name, "every input that has the padded dimension, as its second one only")
        }
      }
    }
    let known = Set(signature.inputs.flatMap { $0.shape ?? [] })
    for (index, spec) in signature.outputs.enumerated() {
      for (axis, dimension) in (spec.shape ?? []).enumerated().dropFirst() {
        if case .fixed = dimension { continue }
        guard dimension != .any, known.contains(dimension),
          !symbols.contains(dimension) || axis == 1
        else {
          throw refusal(
            spec.name, "outputs whose lengths are fixed or those of inputs, to cut them again")
        }
        if symbols.contains(dimension) { isTrimmed[index] = true }
      }
    }
    return (paddings, isTrimmed)
  }
}
