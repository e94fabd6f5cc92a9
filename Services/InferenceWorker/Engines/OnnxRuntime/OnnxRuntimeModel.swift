internal import COnnxRuntime
internal import InferenceWorkerCore

/// One loaded ONNX model.
final class OnnxRuntimeModel: LoadedModel {
  let signature: ModelSignature
  private let session: OnnxSessionHandle
  private let inputs: [OnnxPlace]
  private let outputs: [OnnxPlace]
  private let inputNames: OnnxNames
  private let outputNames: OnnxNames
  /// Which output each tensor of the signature belongs to.
  private let outputOfTensor: [String: Int]
  /// Whether every input and output is one tensor: nearly every model, and less to do for each call.
  private let hasOnlyTensors: Bool

  init(_ session: OnnxSessionHandle) throws(EngineError) {
    self.session = session
    let description = try session.description()
    signature = description.signature
    inputs = description.inputs
    outputs = description.outputs
    inputNames = OnnxNames(inputs.map(\.name))
    outputNames = OnnxNames(outputs.map(\.name))
    outputOfTensor = Dictionary(
      outputs.enumerated().flatMap { index, place in place.specs.map { ($0.name, index) } }
    ) { first, _ in first }
    hasOnlyTensors = (inputs + outputs).allSatisfy { $0.form == .tensor }
  }

  func run(
    _ inputs: [Tensor], outputs: [String], terminator: RunTerminator?
  ) throws(EngineError) -> [Tensor] {
    guard hasOnlyTensors else {
      return try runComposite(inputs, outputs: outputs, terminator)
    }
    let wanted = try wantedOutputs(outputs)
    try checkInputsAreDistinct(inputs)
    let inputValues = OnnxValueList(count: inputNames.count, library: session.library)
    let outputValues = OnnxValueList(
      count: wanted?.count ?? outputNames.count, library: session.library)
    try withValues(of: inputs[...], in: inputValues) { () throws(EngineError) in
      try compute(inputValues, wanted, outputValues, terminator)
    }
    var results: [Tensor] = []
    results.reserveCapacity(outputValues.count)
    for place in 0..<outputValues.count {
      let spec = signature.outputs[wanted?[place] ?? place]
      guard let value = unsafe outputValues.places[place] else {
        throw EngineError(.runFailed, "the model gave no output \(quoted(spec.name))")
      }
      results.append(unsafe try session.library.tensor(named: spec.name, from: value))
    }
    return results
  }

  /// As `run`, where a value may be carried by several tensors.
  private func runComposite(
    _ tensors: [Tensor], outputs names: [String], _ terminator: RunTerminator?
  ) throws(EngineError) -> [Tensor] {
    let names = names.isEmpty ? signature.outputs.map(\.name) : names
    var wanted: [Int] = []
    for name in names {
      guard let index = outputOfTensor[name] else {
        throw EngineError(.invalidRequest, "the model gives no tensor output \(quoted(name))")
      }
      if !wanted.contains(index) { wanted.append(index) }
    }
    guard tensors.count == signature.inputs.count else {
      throw EngineError(
        .invalidRequest,
        "the request has \(tensors.count) inputs; expected \(signature.inputs.count)")
    }
    let given = Dictionary(tensors.map { ($0.name, $0) }) { first, _ in first }
    let inputValues = OnnxValueList(count: inputs.count, library: session.library)
    let outputValues = OnnxValueList(count: wanted.count, library: session.library)
    var plain: [Tensor] = []
    for (index, place) in inputs.enumerated() {
      let parts = place.specs.compactMap { given[$0.name] }
      guard parts.count == place.specs.count else {
        throw EngineError(.invalidRequest, "input \(quoted(place.name)) is not whole")
      }
      if place.form == .tensor {
        plain += parts
      } else {
        unsafe inputValues.places[index] = try session.library.value(of: place, parts: parts)
      }
    }
    try withValues(of: plain[...], in: inputValues) { () throws(EngineError) in
      try compute(inputValues, wanted, outputValues, terminator)
    }
    var results: [String: Tensor] = [:]
    for (place, index) in wanted.enumerated() {
      guard let value = unsafe outputValues.places[place] else {
        throw EngineError(.runFailed, "the model gave no output \(quoted(outputs[index].name))")
      }
      for tensor in unsafe try session.library.tensors(of: outputs[index], from: value) {
        results[tensor.name] = tensor
      }
    }
    return names.compactMap { results[$0] }
  }

  /// Indices into `signature.outputs`; nil for all.
  private func wantedOutputs(_ names: [String]) throws(EngineError) -> [Int]? {
    guard !names.isEmpty else { return nil }
    var indices: [Int] = []
    for name in names {
      guard let index = outputNames.index[name] else {
        throw EngineError(.invalidRequest, "the model gives no tensor output \(quoted(name))")
      }
      indices.append(index)
    }
    return indices
  }

  /// The library does not check that an input is missing: the model would read a null value.
  private func checkInputsAreDistinct(_ inputs: [Tensor]) throws(EngineError) {
    guard inputs.count == inputNames.count else {
      throw EngineError(
        .invalidRequest, "the request has \(inputs.count) inputs; expected \(inputNames.count)")
    }
    guard inputs.count > 1 else { return }
    guard Set(inputs.map(\.name)).count == inputs.count else {
      throw EngineError(.invalidRequest, "an input is there twice; expected each once")
    }
  }

  /// Puts a value for each input into its place, then calls `body`. Every array that a value wraps
  /// is pinned by a frame of this recursion, so the memory outlives `body`; values keep pointers
  /// to it after that but are only released.
  private func withValues(
    of inputs: ArraySlice<Tensor>, in values: borrowing OnnxValueList,
    _ body: () throws(EngineError) -> Void
  ) throws(EngineError) {
    guard let input = inputs.first else { return try body() }
    guard let place = inputNames.index[input.name] else {
      throw EngineError(.invalidRequest, "the model has no input \(quoted(input.name))")
    }
    let rest = inputs.dropFirst()
    switch input.contents {
    case .strings(let strings):
      unsafe values.places[place] = try session.library.value(of: input, strings: strings)
      try withValues(of: rest, in: values, body)
    case .raw where OnnxElementType.isPacked(input.datatype):
      unsafe values.places[place] = try session.library.ownedValue(of: input)
      try withValues(of: rest, in: values, body)
    case .raw(let bytes):
      try unsafe bytes.withUnsafeBufferPointer { memory throws(EngineError) in
        unsafe values.places[place] = try session.library.value(of: input, over: memory)
        try withValues(of: rest, in: values, body)
      }
    }
  }

  private func compute(
    _ inputs: borrowing OnnxValueList, _ wanted: [Int]?, _ outputs: borrowing OnnxValueList,
    _ terminator: RunTerminator?
  ) throws(EngineError) {
    guard let wanted else {
      return unsafe try compute(inputs, outputNames.pointers, outputs, terminator)
    }
    var names = unsafe wanted.map { unsafe outputNames.pointers[$0] }
    try unsafe names.withUnsafeMutableBufferPointer { names throws(EngineError) in
      guard let names = names.baseAddress else { return }
      unsafe try compute(inputs, names, outputs, terminator)
    }
  }

  private func compute(
    _ inputs: borrowing OnnxValueList, _ names: UnsafeMutablePointer<UnsafePointer<CChar>?>,
    _ outputs: borrowing OnnxValueList, _ terminator: RunTerminator?
  ) throws(EngineError) {
    guard let terminator else {
      return unsafe try compute(inputs, names, outputs, options: nil)
    }
    let table = unsafe session.library.table
    let options = unsafe try table.create(
      orThrow: EngineError(.runFailed, "the call could not be prepared")
    ) { table, options in
      unsafe table.pointee.createRunOptions(options)
    }
    defer { unsafe table.pointee.releaseRunOptions(options) }
    do {
      let stop = unsafe StopRequest(library: session.library, options: options)
      try terminator.run(stop: { stop.send() }) { () throws(EngineError) in
        unsafe try compute(inputs, names, outputs, options: options)
      }
    } catch {
      // The library has no code of its own for a call that was ended.
      if error.code == .runFailed, terminator.isTerminated { throw RunTerminator.terminated }
      throw error
    }
  }

  private func compute(
    _ inputs: borrowing OnnxValueList, _ names: UnsafeMutablePointer<UnsafePointer<CChar>?>,
    _ outputs: borrowing OnnxValueList, options: UnsafeMutablePointer<OnnxRunOptions>?
  ) throws(EngineError) {
    let table = unsafe session.library.table
    // Sound: every input place holds a value, because as many distinct known names as there are
    // places were put in; the library writes at most `outputs.count` values.
    unsafe try table.check(
      table.pointee.run(
        session.pointer, options, inputNames.pointers,
        UnsafeRawPointer(inputs.places).assumingMemoryBound(to: UnsafePointer<OnnxValue>?.self),
        inputs.count, names, outputs.count, outputs.places),
      orThrow: EngineError(.runFailed, "the model failed on this request"))
  }
}

/// Ends the call that runs with these options.
@safe
private struct StopRequest: Sendable {
  let library: OnnxRuntimeLibrary
  /// Sound to share: `RunTerminator` never calls after the call has returned, and the options are
  /// released after that; the flag behind them is made to be set from another thread.
  nonisolated(unsafe) let options: UnsafeMutablePointer<OnnxRunOptions>

  func send() {
    _ = unsafe library.table.failure(library.table.pointee.setTerminate(options))
  }
}
