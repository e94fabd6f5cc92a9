/// Checks the tensors of a request against a model's signature before an engine sees them: engines
/// run on missing inputs, over-long buffers and negative dimensions, or fail with errors that say
/// nothing to the caller.
package struct RequestValidator: Sendable {
  /// Many kernels hold a dimension in 32 bits, and a tensor of no elements costs its sender nothing.
  package static let dimensionMax = Int(Int32.max)

  /// More than any real model has; only inputs of any rank come near it.
  package static let rankMax = 64

  package let signature: ModelSignature
  private let inputIndex: [String: Int]
  private let outputNames: Set<String>
  /// For each input, for each axis: which symbol stands there, as an index into one list, or nil.
  private let symbolIndex: [[Int?]]
  private let symbols: [String]

  package init(signature: ModelSignature) {
    self.signature = signature
    inputIndex = Dictionary(
      uniqueKeysWithValues: signature.inputs.enumerated().map { ($0.element.name, $0.offset) })
    outputNames = Set(signature.outputs.map(\.name))
    var symbols: [String] = []
    symbolIndex = signature.inputs.map { input in
      (input.shape ?? []).map { dimension in
        guard case .symbol(let name) = dimension else { return nil }
        if let known = symbols.firstIndex(of: name) { return known }
        symbols.append(name)
        return symbols.count - 1
      }
    }
    self.symbols = symbols
  }

  /// Passes if the inputs are exactly those of the signature, in any order, each with its datatype,
  /// a shape that fits and contents of the right size, and if the outputs exist.
  /// - Parameter outputs: the names wanted; empty means all.
  /// - Throws: the first fault found: inputs in the order of the request, then missing ones in the
  ///   order of the signature, then outputs.
  package func validate(inputs: [Tensor], outputs: [String] = []) throws(RequestFault) {
    var isPresent = [Bool](repeating: false, count: signature.inputs.count)
    var bindings = [RequestFault.SymbolUse?](repeating: nil, count: symbols.count)
    for tensor in inputs {
      guard let index = inputIndex[tensor.name] else {
        throw .unknownInput(tensor.name, expected: signature.inputs.map(\.name))
      }
      guard !isPresent[index] else { throw .repeatedInput(tensor.name) }
      isPresent[index] = true
      let spec = signature.inputs[index]
      guard tensor.datatype == spec.datatype else {
        throw .wrongDatatype(
          input: tensor.name, tensor.datatype, expected: spec.datatype)
      }
      try checkShape(of: tensor, against: spec)
      try bind(symbolIndex[index], of: tensor, in: &bindings)
      try checkContents(of: tensor)
    }
    if let missing = isPresent.firstIndex(of: false) {
      throw .missingInput(signature.inputs[missing].name, expected: signature.inputs[missing])
    }
    try checkOutputs(outputs)
  }

  private func checkShape(of tensor: Tensor, against spec: TensorSpec) throws(RequestFault) {
    if let expected = spec.shape, expected.count != tensor.shape.count {
      throw .wrongRank(input: tensor.name, shape: tensor.shape, expected: spec)
    }
    guard tensor.shape.count <= Self.rankMax else {
      throw .tooManyDimensions(input: tensor.name, rank: tensor.shape.count)
    }
    for (axis, length) in tensor.shape.enumerated() {
      guard length >= 0 else {
        throw .negativeDimension(input: tensor.name, axis: axis, shape: tensor.shape)
      }
      guard length <= Self.dimensionMax else {
        throw .tooLongDimension(input: tensor.name, axis: axis, shape: tensor.shape)
      }
      if case .fixed(let expected) = spec.shape?[axis], expected != length {
        throw .wrongDimension(input: tensor.name, axis: axis, shape: tensor.shape, expected: spec)
      }
    }
  }

  private func bind(
    _ symbolIndex: [Int?], of tensor: Tensor, in bindings: inout [RequestFault.SymbolUse?]
  ) throws(RequestFault) {
    for (axis, symbol) in symbolIndex.enumerated() {
      guard let symbol else { continue }
      let length = tensor.shape[axis]
      guard let other = bindings[symbol] else {
        bindings[symbol] = .init(input: tensor.name, axis: axis, length: length)
        continue
      }
      guard other.length == length else {
        throw .inconsistentSymbol(
          symbols[symbol], input: tensor.name, axis: axis, length: length, other: other)
      }
    }
  }

  private func checkContents(of tensor: Tensor) throws(RequestFault) {
    guard let count = Tensor.elementCount(of: tensor.shape) else {
      throw .tooManyElements(input: tensor.name, shape: tensor.shape)
    }
    switch (tensor.contents, tensor.datatype.byteWidth) {
    case (.strings(let strings), nil):
      guard strings.count == count else {
        throw .wrongStringCount(
          input: tensor.name, strings.count, expected: count, shape: tensor.shape)
      }
    case (.raw(let bytes), let width?):
      let (expected, overflow) = count.multipliedReportingOverflow(by: width)
      guard !overflow else { throw .tooManyElements(input: tensor.name, shape: tensor.shape) }
      guard bytes.count == expected else {
        throw .wrongByteCount(
          input: tensor.name, bytes.count, expected: expected, datatype: tensor.datatype,
          shape: tensor.shape)
      }
      if tensor.datatype == .bool, let element = bytes.firstIndex(where: { $0 > 1 }) {
        throw .invalidBool(input: tensor.name, element: element, value: bytes[element])
      }
    case (.strings, .some), (.raw, nil):
      throw .wrongContents(input: tensor.name, datatype: tensor.datatype)
    }
  }

  private func checkOutputs(_ names: [String]) throws(RequestFault) {
    var seen: Set<String> = []
    for name in names {
      if let unavailable = signature.unavailableOutputs.first(where: { $0.name == name }) {
        throw .unavailableOutput(name, kind: unavailable.kind)
      }
      guard outputNames.contains(name) else {
        throw .unknownOutput(name, expected: signature.outputs.map(\.name))
      }
      guard seen.insert(name).inserted else { throw .repeatedOutput(name) }
    }
  }
}
