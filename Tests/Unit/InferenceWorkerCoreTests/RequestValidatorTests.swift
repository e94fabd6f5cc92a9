import InferenceWorkerCore
import Testing

/// A request that a table refuses, and what it must be told.
struct RefusedRequest: CustomTestStringConvertible {
  var testDescription: String
  var inputs: [Tensor]
  var outputs: [String] = []
  var fault: RequestFault
  var message: String
}

@Suite struct RequestValidatorTests {
  private static let pixels = TensorSpec(
    name: "pixels", datatype: .uint8, shape: ["batch", 2, -1])
  private static let words = TensorSpec(name: "words", datatype: .bytes, shape: ["batch"])
  private static let mask = TensorSpec(name: "mask", datatype: .bool, shape: ["batch", "batch"])

  private static func validator() throws -> RequestValidator {
    let signature = try ModelSignature(
      inputs: [pixels, words, mask],
      outputs: [
        TensorSpec(name: "label", datatype: .int64, shape: ["batch"]),
        TensorSpec(name: "score", datatype: .fp32, shape: ["batch", 10]),
      ],
      unavailableOutputs: [.init(name: "scores", kind: "sequence(map(INT64, FP32))")])
    return RequestValidator(signature: signature)
  }

  private static func pixels(_ shape: [Int] = [2, 2, 3], count: Int = 12) -> Tensor {
    Tensor(
      name: "pixels", datatype: .uint8, shape: shape,
      contents: .raw([UInt8](repeating: 7, count: count)))
  }

  private static func words(_ shape: [Int] = [2], _ strings: [[UInt8]] = [[], [0, 255]]) -> Tensor {
    Tensor(name: "words", datatype: .bytes, shape: shape, contents: .strings(strings))
  }

  private static func mask(_ shape: [Int] = [2, 2], _ bytes: [UInt8] = [0, 1, 1, 0]) -> Tensor {
    Tensor(name: "mask", datatype: .bool, shape: shape, contents: .raw(bytes))
  }

  @Test(arguments: [
    [pixels(), words(), mask()],
    [mask(), words(), pixels()],
    [pixels([0, 2, 3], count: 0), words([0], []), mask([0, 0], [])],
    [pixels([2, 2, 0], count: 0), words(), mask()],
  ])
  func `a request that fits passes in any order`(inputs: [Tensor]) throws {
    try Self.validator().validate(inputs: inputs)
    try Self.validator().validate(inputs: inputs, outputs: ["score", "label"])
  }

  private static let refused: [RefusedRequest] = [
    RefusedRequest(
      testDescription: "an unknown input",
      inputs: [Tensor(name: "pixel`s\n", datatype: .uint8, shape: [], contents: .raw([1]))],
      fault: .unknownInput("pixel`s\n", expected: ["pixels", "words", "mask"]),
      message: "the model has no input `pixel's\\n`; it takes `pixels`, `words`, `mask`"),
    RefusedRequest(
      testDescription: "a missing input", inputs: [mask(), pixels()],
      fault: .missingInput("words", expected: words),
      message: "input `words` is missing; expected BYTES of shape [batch]"),
    RefusedRequest(
      testDescription: "no inputs", inputs: [],
      fault: .missingInput("pixels", expected: pixels),
      message: "input `pixels` is missing; expected UINT8 of shape [batch, 2, -1]"),
    RefusedRequest(
      testDescription: "a repeated input", inputs: [words(), pixels(), words()],
      fault: .repeatedInput("words"), message: "input `words` is there twice; expected it once"),
    RefusedRequest(
      testDescription: "another datatype of the same width",
      inputs: [
        Tensor(
          name: "pixels", datatype: .int8, shape: [1, 2, 1], contents: .raw([1, 2]))
      ],
      fault: .wrongDatatype(input: "pixels", .int8, expected: .uint8),
      message: "input `pixels` has datatype INT8; expected UINT8"),
    RefusedRequest(
      testDescription: "a dimension too few", inputs: [pixels([2, 2], count: 4)],
      fault: .wrongRank(input: "pixels", shape: [2, 2], expected: pixels),
      message: "input `pixels` has shape [2, 2] of rank 2; expected shape [batch, 2, -1]"),
    RefusedRequest(
      testDescription: "another fixed dimension", inputs: [pixels([2, 3, 1], count: 6)],
      fault: .wrongDimension(input: "pixels", axis: 1, shape: [2, 3, 1], expected: pixels),
      message:
        "input `pixels` has shape [2, 3, 1]; expected shape [batch, 2, -1], dimension 1 differs"),
    RefusedRequest(
      testDescription: "a negative dimension", inputs: [pixels([-1, 2, 3], count: 6)],
      fault: .negativeDimension(input: "pixels", axis: 0, shape: [-1, 2, 3]),
      message: "input `pixels` has shape [-1, 2, 3]; expected 0 or more in dimension 0"),
    RefusedRequest(
      testDescription: "two negative dimensions whose product fits",
      inputs: [pixels([-2, 2, -3], count: 12)],
      fault: .negativeDimension(input: "pixels", axis: 0, shape: [-2, 2, -3]),
      message: "input `pixels` has shape [-2, 2, -3]; expected 0 or more in dimension 0"),
    RefusedRequest(
      testDescription: "a dimension beyond 32 bits without elements",
      inputs: [pixels([0, 2, 1 << 31], count: 0)],
      fault: .tooLongDimension(input: "pixels", axis: 2, shape: [0, 2, 1 << 31]),
      message: "input `pixels` has shape [0, 2, 2147483648]; expected at most 2147483647 in "
        + "dimension 2"),
    RefusedRequest(
      testDescription: "one symbol with two lengths in two inputs",
      inputs: [pixels(), words([3], [[], [], []])],
      fault: .inconsistentSymbol(
        "batch", input: "words", axis: 0, length: 3,
        other: .init(input: "pixels", axis: 0, length: 2)),
      message: "dimension 0 of input `words` is 3; expected 2 as in dimension 0 of input `pixels`: "
        + "both are `batch`"),
    RefusedRequest(
      testDescription: "one symbol with two lengths in one input", inputs: [mask([1, 2], [0, 0])],
      fault: .inconsistentSymbol(
        "batch", input: "mask", axis: 1, length: 2,
        other: .init(input: "mask", axis: 0, length: 1)),
      message: "dimension 1 of input `mask` is 2; expected 1 as in dimension 0 of input `mask`: "
        + "both are `batch`"),
    RefusedRequest(
      testDescription: "a byte too few", inputs: [pixels(count: 11)],
      fault: .wrongByteCount(
        input: "pixels", 11, expected: 12, datatype: .uint8, shape: [2, 2, 3]),
      message: "input `pixels` has 11 bytes; expected 12 for UINT8 of shape [2, 2, 3]"),
    RefusedRequest(
      testDescription: "a byte too many", inputs: [pixels(count: 13)],
      fault: .wrongByteCount(
        input: "pixels", 13, expected: 12, datatype: .uint8, shape: [2, 2, 3]),
      message: "input `pixels` has 13 bytes; expected 12 for UINT8 of shape [2, 2, 3]"),
    RefusedRequest(
      testDescription: "a string too few", inputs: [words([2], [[1]])],
      fault: .wrongStringCount(input: "words", 1, expected: 2, shape: [2]),
      message: "input `words` has 1 strings; expected 2 for shape [2]"),
    RefusedRequest(
      testDescription: "raw contents for BYTES",
      inputs: [Tensor(name: "words", datatype: .bytes, shape: [2], contents: .raw([1, 2]))],
      fault: .wrongContents(input: "words", datatype: .bytes),
      message: "input `words` has raw contents; expected a list of byte strings for BYTES"),
    RefusedRequest(
      testDescription: "strings for a fixed width",
      inputs: [
        Tensor(name: "pixels", datatype: .uint8, shape: [1, 2, 1], contents: .strings([[1], [2]]))
      ],
      fault: .wrongContents(input: "pixels", datatype: .uint8),
      message: "input `pixels` has strings as contents; expected raw bytes for UINT8"),
    RefusedRequest(
      testDescription: "a BOOL that is neither 0 nor 1", inputs: [mask([2, 2], [0, 1, 2, 0])],
      fault: .invalidBool(input: "mask", element: 2, value: 2),
      message: "element 2 of input `mask` is 2; expected 0 or 1 for BOOL"),
    RefusedRequest(
      testDescription: "an unknown output", inputs: [pixels(), words(), mask()],
      outputs: ["label", "Score"],
      fault: .unknownOutput("Score", expected: ["label", "score"]),
      message: "the model has no output `Score`; it gives `label`, `score`"),
    RefusedRequest(
      testDescription: "an output that can't be had", inputs: [pixels(), words(), mask()],
      outputs: ["scores"],
      fault: .unavailableOutput("scores", kind: "sequence(map(INT64, FP32))"),
      message: "output `scores` is sequence(map(INT64, FP32)), which can't be returned; expected a "
        + "tensor output"),
    RefusedRequest(
      testDescription: "a repeated output", inputs: [pixels(), words(), mask()],
      outputs: ["label", "label"], fault: .repeatedOutput("label"),
      message: "output `label` is asked for twice; expected it once"),
  ]

  @Test(arguments: refused)
  func `a request that does not fit is told why`(request: RefusedRequest) throws {
    let validator = try Self.validator()
    let fault = #expect(throws: RequestFault.self) {
      try validator.validate(inputs: request.inputs, outputs: request.outputs)
    }
    #expect(fault == request.fault)
    #expect(fault?.description == request.message)
  }

  @Test(arguments: TensorDataType.allCases.filter { $0.byteWidth != nil })
  func `every datatype of fixed width needs its width times the elements`(
    datatype: TensorDataType
  ) throws {
    let width = try #require(datatype.byteWidth)
    let validator = RequestValidator(
      signature: try ModelSignature(
        inputs: [TensorSpec(name: "x", datatype: datatype, shape: [3])],
        outputs: [TensorSpec(name: "y", datatype: datatype, shape: [3])]))
    func request(_ count: Int) -> [Tensor] {
      [
        Tensor(
          name: "x", datatype: datatype, shape: [3],
          contents: .raw([UInt8](repeating: 0, count: count)))
      ]
    }
    try validator.validate(inputs: request(3 * width))
    for count in [0, 3 * width - 1, 3 * width + 1] {
      #expect(throws: RequestFault.self) { try validator.validate(inputs: request(count)) }
    }
  }

  private static let anyRank = TensorSpec(name: "x", datatype: .fp64, shape: nil)

  private static func validateAnyRank(_ shape: [Int], count: Int) throws {
    let signature = try ModelSignature(inputs: [anyRank], outputs: [anyRank])
    try RequestValidator(signature: signature).validate(inputs: [
      Tensor(
        name: "x", datatype: .fp64, shape: shape,
        contents: .raw([UInt8](repeating: 0, count: count)))
    ])
  }

  @Test func `an input of any rank takes every shape whose contents fit`() throws {
    try Self.validateAnyRank([], count: 8)
    try Self.validateAnyRank([1, 1, 2], count: 16)
    try Self.validateAnyRank(
      [Int](repeating: 1, count: RequestValidator.rankMax), count: 8)
  }

  @Test(arguments: [
    [1 << 30, 1 << 30, 1 << 30], [1 << 30, 1 << 30, 1 << 30, 0], [1 << 30, 1 << 30, 1],
  ])
  func `a shape whose bytes can't be counted is refused`(shape: [Int]) {
    #expect(throws: RequestFault.tooManyElements(input: "x", shape: shape)) {
      try Self.validateAnyRank(shape, count: 0)
    }
  }

  @Test func `a rank beyond the limit is refused without repeating the shape`() {
    let shape = [Int](repeating: 1, count: 100_000)
    let fault = #expect(throws: RequestFault.self) { try Self.validateAnyRank(shape, count: 8) }
    #expect(fault?.description == "input `x` has 100000 dimensions; expected at most 64")
  }

  @Test func `a message shows only the beginning of a long name`() {
    let fault = RequestFault.unknownOutput(String(repeating: "n", count: 10_000), expected: ["y"])
    #expect(
      fault.description
        == "the model has no output `\(String(repeating: "n", count: 64))…`; it gives `y`")
  }
}
