package import Contracts

/// Between the protocol's messages and tensors.
extension InferCall {
  /// Reads a request. Whether its tensors fit the model is for `RequestValidator`.
  package init(_ request: Inference.ModelInferRequest) throws(InferRequestFault) {
    id = request.id
    timeout = try InferParameters.timeout(in: request.parameters)
    outputs = request.outputs.map(\.name)
    for output in request.outputs {
      try InferParameters.check(output.parameters, of: "output \(quoted(output.name))")
    }
    form = request.rawInputContents.isEmpty ? .typed : .raw
    if form == .raw, request.rawInputContents.count != request.inputs.count {
      throw .rawContentsCount(request.rawInputContents.count, inputs: request.inputs.count)
    }
    inputs = []
    inputs.reserveCapacity(request.inputs.count)
    for (index, input) in request.inputs.enumerated() {
      let raw = form == .raw ? request.rawInputContents[index] : nil
      inputs.append(try Self.tensor(input, raw: raw))
    }
  }

  /// The answer in the request's form; in the raw one too if an output has no typed form.
  package func response(
    _ outputs: [Tensor], model: String, version: UInt32
  ) -> Inference.ModelInferResponse {
    Self.response(outputs, id: id, form: form, model: model, version: version)
  }

  static func response(
    _ outputs: [Tensor], id: String, form: ContentsForm, model: String, version: UInt32
  ) -> Inference.ModelInferResponse {
    let isRaw = form == .raw || outputs.contains { !TypedContents.isWritable($0.datatype) }
    var response = Inference.ModelInferResponse(
      modelName: model, modelVersion: "\(version)", id: id)
    response.outputs.reserveCapacity(outputs.count)
    for output in outputs {
      response.outputs.append(
        .init(
          name: output.name, datatype: output.datatype.rawValue,
          shape: output.shape.map(Int64.init),
          contents: isRaw ? nil : TypedContents.write(output)))
      guard isRaw else { continue }
      switch output.contents {
      case .raw(let bytes): response.rawOutputContents.append(bytes)
      case .strings(let strings): response.rawOutputContents.append(RawStrings.write(strings))
      }
    }
    return response
  }

  private static func tensor(
    _ input: Inference.ModelInferRequest.InferInputTensor, raw: [UInt8]?
  ) throws(InferRequestFault) -> Tensor {
    guard let datatype = TensorDataType(rawValue: input.datatype) else {
      throw .unknownDatatype(input: input.name, datatype: input.datatype)
    }
    try InferParameters.check(input.parameters, of: "input \(quoted(input.name))")
    let shape = input.shape.map { Int(clamping: $0) }
    guard let elementCount = Tensor.elementCount(of: shape) else {
      throw .unusableShape(input: input.name, shape: input.shape)
    }
    let contents: Tensor.Contents
    if let raw {
      guard input.contents == nil else { throw .contentsTwice(input: input.name) }
      contents =
        datatype == .bytes
        ? .strings(try RawStrings.read(raw, count: elementCount, input: input.name)) : .raw(raw)
    } else {
      contents = try TypedContents.read(
        input.contents ?? Inference.InferTensorContents(), as: datatype, input: input.name)
    }
    return Tensor(name: input.name, datatype: datatype, shape: shape, contents: contents)
  }
}
