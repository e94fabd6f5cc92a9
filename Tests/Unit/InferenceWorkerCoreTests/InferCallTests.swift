import Contracts
import InferenceWorkerCore
import Testing

@Suite struct InferCallTests {
  typealias Input = Inference.ModelInferRequest.InferInputTensor
  typealias Contents = Inference.InferTensorContents

  /// Two elements of every datatype: raw, and typed where there is a field for it.
  struct Sample: Sendable, CustomTestStringConvertible {
    var datatype: TensorDataType
    var raw: [UInt8]
    var typed: Contents?
    var testDescription: String { datatype.rawValue }
  }

  static let samples: [Sample] = [
    Sample(datatype: .bool, raw: [1, 0], typed: Contents(boolContents: [true, false])),
    Sample(datatype: .uint8, raw: [0, 255], typed: Contents(uintContents: [0, 255])),
    Sample(
      datatype: .uint16, raw: [1, 0, 255, 255], typed: Contents(uintContents: [1, 65_535])),
    Sample(
      datatype: .uint32, raw: [1, 0, 0, 0, 255, 255, 255, 255],
      typed: Contents(uintContents: [1, .max])),
    Sample(
      datatype: .uint64, raw: [1, 0, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 255, count: 8),
      typed: Contents(uint64Contents: [1, .max])),
    Sample(datatype: .int8, raw: [127, 128], typed: Contents(intContents: [127, -128])),
    Sample(
      datatype: .int16, raw: [1, 0, 0, 128], typed: Contents(intContents: [1, -32_768])),
    Sample(
      datatype: .int32, raw: [1, 0, 0, 0, 254, 255, 255, 255],
      typed: Contents(intContents: [1, -2])),
    Sample(
      datatype: .int64, raw: [1, 0, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 255, count: 8),
      typed: Contents(int64Contents: [1, -1])),
    Sample(datatype: .fp16, raw: [0, 60, 0, 188], typed: nil),
    Sample(datatype: .bf16, raw: [128, 63, 128, 191], typed: nil),
    Sample(
      datatype: .fp32, raw: [0, 0, 128, 63, 0, 0, 0, 192],
      typed: Contents(fp32Contents: [1, -2])),
    Sample(
      datatype: .fp64, raw: [0, 0, 0, 0, 0, 0, 240, 63, 0, 0, 0, 0, 0, 0, 0, 192],
      typed: Contents(fp64Contents: [1, -2])),
    Sample(
      datatype: .bytes, raw: [2, 0, 0, 0, 0, 255, 0, 0, 0, 0],
      typed: Contents(bytesContents: [[0, 255], []])),
  ]

  private func request(
    _ datatype: String, shape: [Int64] = [2], raw: [[UInt8]] = [], contents: Contents? = nil,
    parameters: [Inference.InferParameterEntry] = []
  ) -> Inference.ModelInferRequest {
    .init(
      modelName: "demo", id: "call 1", parameters: parameters,
      inputs: [Input(name: "x", datatype: datatype, shape: shape, contents: contents)],
      rawInputContents: raw)
  }

  private func output(of call: InferCall) -> [Tensor] {
    call.inputs.map { input in
      var output = input
      output.name = "y"
      return output
    }
  }

  @Test func `every datatype has a sample`() {
    #expect(
      Set(Self.samples.map(\.datatype)) == Set(TensorDataType.allCases.filter(\.isOfProtocol)))
  }

  @Test(arguments: samples) func `raw contents come back as they went`(sample: Sample) throws {
    let call = try InferCall(request(sample.datatype.rawValue, raw: [sample.raw]))
    #expect(call.form == .raw)
    let response = call.response(output(of: call), model: "demo", version: 3)
    #expect(response.rawOutputContents == [sample.raw])
    #expect(response.outputs.map(\.contents) == [nil])
    #expect(response.outputs.map(\.datatype) == [sample.datatype.rawValue])
    #expect(response.outputs.map(\.shape) == [[2]])
    #expect((response.id, response.modelName, response.modelVersion) == ("call 1", "demo", "3"))
  }

  @Test(arguments: samples.filter { $0.typed != nil })
  func `typed contents come back as they went and mean the same as raw ones`(
    sample: Sample
  ) throws {
    let call = try InferCall(request(sample.datatype.rawValue, contents: sample.typed))
    let raw = try InferCall(request(sample.datatype.rawValue, raw: [sample.raw]))
    #expect(call.form == .typed)
    #expect(call.inputs == raw.inputs)
    let response = call.response(output(of: call), model: "demo", version: 3)
    #expect(response.rawOutputContents.isEmpty)
    #expect(response.outputs.map(\.contents) == [sample.typed])
  }

  @Test(arguments: [TensorDataType.fp16, .bf16, .fp8e5m2, .int4, .complex64])
  func `a datatype without a typed field is refused in typed form and answered raw`(
    datatype: TensorDataType
  ) throws {
    #expect(throws: InferRequestFault.rawOnly(input: "x", datatype: datatype)) {
      try InferCall(request(datatype.rawValue, contents: Contents(fp32Contents: [1, 2])))
    }
    let call = try InferCall(request("FP32", contents: Contents(fp32Contents: [1, 2])))
    let half = Tensor(name: "y", datatype: datatype, shape: [1], contents: .raw([0, 60]))
    let response = call.response([half], model: "demo", version: 3)
    #expect(response.rawOutputContents == [[0, 60]])
  }

  static let faults: [(Inference.ModelInferRequest, InferRequestFault)] = {
    func request(
      _ datatype: String, shape: [Int64] = [2], raw: [[UInt8]] = [], contents: Contents? = nil
    ) -> Inference.ModelInferRequest {
      .init(
        inputs: [Input(name: "x", datatype: datatype, shape: shape, contents: contents)],
        rawInputContents: raw)
    }
    let strings = [UInt8]([1, 0, 0, 0, 65])
    return [
      (request("FLOAT"), .unknownDatatype(input: "x", datatype: "FLOAT")),
      (request("FP32", raw: [[], []]), .rawContentsCount(2, inputs: 1)),
      (
        request("FP32", raw: [[1]], contents: Contents(fp32Contents: [1])),
        .contentsTwice(input: "x")
      ),
      (
        request("FP32", contents: Contents(intContents: [1, 2])),
        .wrongField(
          input: "x", datatype: .fp32, found: "int_contents", expected: "fp32_contents")
      ),
      (
        request("INT8", contents: Contents(intContents: [1, 128])),
        .valueOutOfRange(input: "x", element: 1, value: "128", datatype: .int8)
      ),
      (
        request("UINT16", contents: Contents(uintContents: [65_536])),
        .valueOutOfRange(input: "x", element: 0, value: "65536", datatype: .uint16)
      ),
      (
        request("BYTES", raw: [strings]),
        .truncatedElement(input: "x", element: 1, elements: 2)
      ),
      (
        request("BYTES", shape: [1], raw: [[255, 255, 255, 255, 65]]),
        .truncatedElement(input: "x", element: 0, elements: 1)
      ),
      (
        request("BYTES", shape: [1], raw: [strings + [9]]),
        .trailingBytes(input: "x", 1, elements: 1)
      ),
      (
        request("BYTES", shape: [1 << 40], raw: [[UInt8](repeating: 0, count: 64)]),
        .truncatedElement(input: "x", element: 16, elements: 1 << 40)
      ),
      (
        request("FP32", shape: [-1], raw: [[]]), .unusableShape(input: "x", shape: [-1])
      ),
      (
        request("FP32", shape: [.max, .max], raw: [[]]),
        .unusableShape(input: "x", shape: [.max, .max])
      ),
    ]
  }()

  @Test(arguments: faults.indices) func `a request that can't be read is refused by name`(
    index: Int
  ) {
    let (request, fault) = Self.faults[index]
    #expect(throws: fault) { try InferCall(request) }
    if case .rawContentsCount = fault { return }
    #expect(fault.description.contains("`x`"))
  }

  @Test func `parameters are obeyed, ignored as documented, or refused`() throws {
    typealias Entry = Inference.InferParameterEntry
    let timeout = Entry(key: "timeout", value: .init(parameterChoice: .int64Param(1500)))
    let ignored = Entry(key: "binary_data_output", value: .init(parameterChoice: .boolParam(true)))
    let contents = Contents(fp32Contents: [1, 2])
    let call = try InferCall(
      request("FP32", contents: contents, parameters: [timeout, ignored]))
    #expect(call.timeout == .microseconds(1500))
    let unknown = Entry(key: "sequence_id", value: .init(parameterChoice: .uint64Param(1)))
    #expect(throws: InferRequestFault.unknownParameter("sequence_id", place: "the request")) {
      try InferCall(request("FP32", contents: contents, parameters: [unknown]))
    }
    let negative = Entry(key: "timeout", value: .init(parameterChoice: .int64Param(-1)))
    #expect(throws: InferRequestFault.self) {
      try InferCall(request("FP32", contents: contents, parameters: [negative]))
    }
  }
}
