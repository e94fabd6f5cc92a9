internal import COpenVINO
internal import InferenceWorkerCore

/// Reading what a compiled model says of its inputs and outputs.
extension OpenVINOCompiledHandle {
  private typealias Port = UnsafeMutablePointer<OpenVINOPort>

  /// What one place of a model takes or gives.
  private enum Place {
    case tensor(TensorSpec)
    case unavailable(name: String, kind: String)
  }

  /// - Throws: `modelUnsupported` for an input that is no tensor of a known datatype, or if no output is.
  /// - Returns: with it, where the library has each of its outputs.
  func signature() throws(EngineError) -> (ModelSignature, outputPlaces: [Int]) {
    var inputs: [TensorSpec] = []
    let inputCount = try count(ofInputs: true)
    let outputCount = try count(ofInputs: false)
    var (inputNames, outputNames) = (graphNames?.inputs ?? [], graphNames?.outputs ?? [])
    // Another number means that the library sees the graph in another way.
    if inputNames.count != inputCount { inputNames = [] }
    if outputNames.count != outputCount { outputNames = [] }
    for index in 0..<inputCount {
      switch try place(index, isInput: true, inputNames) {
      case .tensor(let spec): inputs.append(spec)
      case .unavailable(let name, let kind):
        throw EngineError(
          .modelUnsupported,
          "input \(quoted(name)) of the model has elements that are \(kind); OpenVINO takes dense numbers"
        )
      }
    }
    var outputs: [TensorSpec] = []
    var places: [Int] = []
    var unavailable: [ModelSignature.UnavailableOutput] = []
    for index in 0..<outputCount {
      switch try place(index, isInput: false, outputNames) {
      case .tensor(let spec):
        outputs.append(spec)
        places.append(index)
      case .unavailable(let name, let kind): unavailable.append(.init(name: name, kind: kind))
      }
    }
    do {
      let signature = try ModelSignature(
        inputs: inputs, outputs: outputs, unavailableOutputs: unavailable)
      return (signature, places)
    } catch {
      throw EngineError(.modelUnsupported, error.description)
    }
  }

  private var unreadable: EngineError {
    EngineError(.modelInvalid, "the model's inputs and outputs can't be read")
  }

  private func count(ofInputs: Bool) throws(EngineError) -> Int {
    var count = 0
    try library.check(orThrow: unreadable) {
      ofInputs
        ? unsafe library.table.pointee.inputCount(pointer, &count)
        : unsafe library.table.pointee.outputCount(pointer, &count)
    }
    return count
  }

  private func place(
    _ index: Int, isInput: Bool, _ names: [String]
  ) throws(EngineError) -> Place {
    let table = unsafe library.table
    var found: Port?
    try library.check(orThrow: unreadable) {
      isInput
        ? unsafe table.pointee.input(pointer, index, &found)
        : unsafe table.pointee.output(pointer, index, &found)
    }
    guard let port = unsafe found else { throw unreadable }
    defer { unsafe table.pointee.releasePort(port) }
    let name =
      unsafe names.isEmpty
      ? name(of: port) ?? (isInput ? "input\(index)" : "output\(index)") : names[index]
    var number: UInt32 = 0
    try library.check(orThrow: unreadable) {
      unsafe table.pointee.portElementType(port, &number)
    }
    guard let datatype = OpenVINOElementType.datatype(of: number) else {
      return .unavailable(name: name, kind: OpenVINOElementType.name(of: number))
    }
    return .tensor(
      TensorSpec(name: name, datatype: datatype, shape: try unsafe shape(of: port)))
  }

  /// Nil if it has none that can be read.
  private func name(of port: Port) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard unsafe library.table.pointee.portName(port, &text) == 0, let text = unsafe text else {
      return nil
    }
    defer { unsafe library.table.pointee.release(text) }
    return unsafe String(validatingCString: text)
  }

  /// The library knows no names of dimensions.
  private func shape(of port: Port) throws(EngineError) -> [TensorSpec.Dimension]? {
    var shape = unsafe OpenVINOPartialShape(
      rank: OpenVINORange(least: 0, most: 0), dimensions: nil)
    try library.check(orThrow: unreadable) {
      unsafe library.table.pointee.portShape(port, &shape)
    }
    defer { unsafe library.table.pointee.releasePartialShape(&shape) }
    let rank = unsafe shape.rank
    guard rank.least == rank.most, rank.least >= 0 else { return nil }
    // Sound: there are as many dimensions as the rank says.
    return (0..<Int(rank.least)).map { axis in
      guard let range = unsafe shape.dimensions?[axis] else { return .any }
      return range.least == range.most && range.least >= 0 ? .fixed(Int(range.least)) : .any
    }
  }
}
