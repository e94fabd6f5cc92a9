internal import COpenVINO
internal import InferenceWorkerCore
import Synchronization

/// One loaded model.
final class OpenVINOModel: LoadedModel {
  private static let cancelled: Int32 = -13
  /// Idle requests that are kept for the next calls; each holds the memory of one run.
  private static let idleRequestsMax = 16

  let signature: ModelSignature
  private let compiled: OpenVINOCompiledHandle
  private let validator: RequestValidator
  private let inputIndex: [String: Int]
  private let outputIndex: [String: Int]
  /// Where the library has each output of the signature: it counts those that can't be had too.
  private let outputPlaces: [Int]
  private let reusesRequests: Bool
  private let idle = Mutex<[OpenVINORequestHandle]>([])

  /// - Parameter reusesRequests: false where a request may hold state, which must not reach another call.
  init(_ compiled: OpenVINOCompiledHandle, reusesRequests: Bool) throws(EngineError) {
    self.compiled = compiled
    self.reusesRequests = reusesRequests
    (signature, outputPlaces) = try compiled.signature()
    validator = RequestValidator(signature: signature)
    inputIndex = Self.index(signature.inputs)
    outputIndex = Self.index(signature.outputs)
  }

  private static func index(_ specs: [TensorSpec]) -> [String: Int] {
    Dictionary(specs.enumerated().map { ($0.element.name, $0.offset) }) { first, _ in first }
  }

  func run(
    _ inputs: [Tensor], outputs: [String], terminator: RunTerminator?
  ) throws(EngineError) -> [Tensor] {
    // A missing input would be taken for zeros, and a length that does not fit for one that does.
    do throws(RequestFault) {
      try validator.validate(inputs: inputs, outputs: outputs)
    } catch {
      throw EngineError(.invalidRequest, error.description)
    }
    let request = try takeRequest()
    let results = try withTensors(of: inputs[...], in: request) {
      () throws(EngineError) -> [Tensor] in
      try compute(request, terminator)
      let names = outputs.isEmpty ? signature.outputs.map(\.name) : outputs
      var results: [Tensor] = []
      for name in names { results.append(try output(name, of: request)) }
      return results
    }
    // What failed or was ended is not used again.
    if reusesRequests {
      idle.withLock { if $0.count < Self.idleRequestsMax { $0.append(request) } }
    }
    return results
  }

  private func takeRequest() throws(EngineError) -> OpenVINORequestHandle {
    if let request = idle.withLock({ $0.popLast() }) { return request }
    return try OpenVINORequestHandle(compiled)
  }

  /// Puts a tensor for each input into its place, then calls `body`. Every array that a tensor wraps is
  /// pinned by a frame of this recursion, so the memory outlives `body`; the request keeps pointers to it
  /// after that, but each run sets every input anew.
  private func withTensors<Result>(
    of inputs: ArraySlice<Tensor>, in request: OpenVINORequestHandle,
    _ body: () throws(EngineError) -> Result
  ) throws(EngineError) -> Result {
    guard let input = inputs.first else { return try body() }
    guard let place = inputIndex[input.name], case .raw(let bytes) = input.contents,
      let elementType = OpenVINOElementType.number(of: input.datatype)
    else {
      throw EngineError(.invalidRequest, "input \(quoted(input.name)) does not fit the model")
    }
    let rest = inputs.dropFirst()
    return try unsafe bytes.withUnsafeBufferPointer { memory throws(EngineError) -> Result in
      let tensor = try unsafe wrap(memory, input, elementType)
      defer { unsafe compiled.library.table.pointee.releaseTensor(tensor) }
      try compiled.library.check(
        orThrow: EngineError(.invalidRequest, "input \(quoted(input.name)) was refused")
      ) {
        unsafe compiled.library.table.pointee.setInput(request.pointer, place, tensor)
      }
      return try withTensors(of: rest, in: request, body)
    }
  }

  private func wrap(
    _ memory: UnsafeBufferPointer<UInt8>, _ input: Tensor, _ elementType: UInt32
  ) throws(EngineError) -> UnsafeMutablePointer<OpenVINOTensor> {
    let refused = EngineError(
      .invalidRequest, "input \(quoted(input.name)) has contents that don't fit its shape")
    // Without elements there may be no memory; the library wants an address that it never reads.
    guard
      let address = unsafe UnsafeMutableRawPointer(mutating: memory.baseAddress)
        ?? UnsafeMutableRawPointer(bitPattern: MemoryLayout<Int64>.alignment)
    else { throw refused }
    var lengths = input.shape.map(Int64.init)
    var tensor: UnsafeMutablePointer<OpenVINOTensor>?
    // Sound: the validator counted the bytes, the library only reads inputs and copies the shape.
    try unsafe lengths.withUnsafeMutableBufferPointer { lengths throws(EngineError) in
      let shape = unsafe OpenVINOShape(
        rank: Int64(lengths.count), dimensions: lengths.baseAddress)
      try compiled.library.check(orThrow: refused) {
        unsafe compiled.library.table.pointee.wrapTensor(elementType, shape, address, &tensor)
      }
    }
    guard let tensor = unsafe tensor else { throw refused }
    return unsafe tensor
  }

  private func compute(
    _ request: OpenVINORequestHandle, _ terminator: RunTerminator?
  ) throws(EngineError) {
    let table = unsafe compiled.library.table
    guard let terminator else {
      return try Self.check(unsafe table.pointee.infer(request.pointer))
    }
    try terminator.run(stop: { request.cancel() }) { () throws(EngineError) in
      try Self.check(unsafe table.pointee.infer(request.pointer))
    }
  }

  private static func check(_ status: Int32) throws(EngineError) {
    guard status != 0 else { return }
    if status == cancelled { throw RunTerminator.terminated }
    // The text of the error is the process's: another call's may stand there by now.
    throw EngineError(
      .runFailed, "the model failed on this request", cause: "OpenVINO's status is \(status)")
  }

  private func output(
    _ name: String, of request: OpenVINORequestHandle
  ) throws(EngineError) -> Tensor {
    func unreadable() -> EngineError {
      EngineError(.runFailed, "output \(quoted(name)) can't be read")
    }
    let table = unsafe compiled.library.table
    guard let index = outputIndex[name] else { throw unreadable() }
    var tensor: UnsafeMutablePointer<OpenVINOTensor>?
    guard unsafe table.pointee.getOutput(request.pointer, outputPlaces[index], &tensor) == 0,
      let tensor = unsafe tensor
    else { throw unreadable() }
    defer { unsafe table.pointee.releaseTensor(tensor) }
    var number: UInt32 = 0
    guard unsafe table.pointee.tensorElementType(tensor, &number) == 0,
      let datatype = OpenVINOElementType.datatype(of: number),
      let lengths = unsafe lengths(of: tensor, datatype),
      let count = Tensor.elementCount(of: lengths)
    else { throw unreadable() }
    let byteCount = count * (datatype.byteWidth ?? 0)
    var memory: UnsafeMutableRawPointer?
    if byteCount > 0 {
      guard unsafe table.pointee.tensorMemory(tensor, &memory) == 0, unsafe memory != nil else {
        throw unreadable()
      }
    }
    // Sound: a tensor's memory holds its elements without gaps, and the tensor outlives the copy.
    let bytes = unsafe [UInt8](
      UnsafeRawBufferPointer(start: memory, count: unsafe memory == nil ? 0 : byteCount))
    return Tensor(name: name, datatype: datatype, shape: lengths, contents: .raw(bytes))
  }

  private func lengths(
    of tensor: UnsafeMutablePointer<OpenVINOTensor>, _ datatype: TensorDataType
  ) -> [Int]? {
    let table = unsafe compiled.library.table
    var shape = unsafe OpenVINOShape(rank: 0, dimensions: nil)
    guard unsafe table.pointee.tensorShape(tensor, &shape) == 0 else {
      // The library can't say the shape of a scalar.
      var byteCount = 0
      let status = unsafe table.pointee.tensorByteCount(tensor, &byteCount)
      return status == 0 && byteCount == datatype.byteWidth ? [] : nil
    }
    // Sound: there are as many lengths as the rank says.
    let lengths = unsafe (0..<Int(shape.rank)).map { axis in
      unsafe Int(shape.dimensions?[axis] ?? 0)
    }
    _ = unsafe table.pointee.releaseShape(&shape)
    return lengths
  }
}
