import Foundation
import InferenceWorkerCore
import Testing

@Suite struct ModelSignatureTests {
  private static func signature() throws -> ModelSignature {
    try ModelSignature(
      inputs: [
        TensorSpec(name: "x/é", datatype: .fp32, shape: ["batch", 30, -1]),
        TensorSpec(name: "flag", datatype: .bool, shape: []),
        TensorSpec(name: "anything", datatype: .bytes, shape: nil),
      ],
      outputs: [TensorSpec(name: "y", datatype: .bf16, shape: ["batch", 0])],
      unavailableOutputs: [.init(name: "scores", kind: "map(INT64, FP32)")])
  }

  private static let bytes = """
    {"format":1,"inputs":[{"datatype":"FP32","name":"x/é","shape":["batch",30,-1]},\
    {"datatype":"BOOL","name":"flag","shape":[]},{"datatype":"BYTES","name":"anything"}],\
    "outputs":[{"datatype":"BF16","name":"y","shape":["batch",0]}],\
    "unavailableOutputs":[{"kind":"map(INT64, FP32)","name":"scores"}]}
    """

  @Test func `a signature has exactly the documented bytes`() throws {
    #expect(String(decoding: try Self.signature().fileContents(), as: UTF8.self) == Self.bytes)
  }

  @Test func `a signature comes back from its bytes`() throws {
    #expect(try ModelSignature(fileContents: Data(Self.bytes.utf8)) == Self.signature())
  }

  @Test func `reading takes other white space and order`() throws {
    let text = """
      { "outputs": [ {"shape": [2], "name": "y", "datatype": "FP32"} ],
        "inputs": [], "format": 1 }
      """
    let signature = try ModelSignature(fileContents: Data(text.utf8))
    #expect(
      String(decoding: try signature.fileContents(), as: UTF8.self)
        == #"{"format":1,"inputs":[],"outputs":[{"datatype":"FP32","name":"y","shape":[2]}]}"#)
  }

  @Test(arguments: TensorDataType.allCases)
  func `every datatype survives the file`(datatype: TensorDataType) throws {
    let spec = TensorSpec(name: "t", datatype: datatype, shape: ["n"])
    let signature = try ModelSignature(inputs: [spec], outputs: [spec])
    #expect(try ModelSignature(fileContents: signature.fileContents()) == signature)
  }

  @Test(arguments: [
    (#"{"format":1,"inputs":[]"#, "the signature can't be read: it is not JSON"),
    ("[]", "the signature can't be read: the value at the top level has the wrong type"),
    (
      #"{"format":2,"inputs":[],"outputs":[]}"#,
      "the signature has format 2, expected 1; update slipway"
    ),
    (
      #"{"format":1,"inputs":[]}"#,
      "the signature can't be read: `outputs` is missing at the top level"
    ),
    (#"{"format":1,"inputs":[],"outputs":[]}"#, "the model has no output"),
    (
      #"{"format":1,"inputs":[],"outputs":[{"name":"y","datatype":"FP33","shape":[]}]}"#,
      "the signature can't be read: at `outputs.0.datatype`"
    ),
    (
      #"{"format":1,"inputs":[],"outputs":[{"name":"y","datatype":"FP32","shape":[-2]}]}"#,
      "at `outputs.0.shape.0`: a dimension is -2; expected 0 or more, -1 for any, or a name"
    ),
    (
      #"{"format":1,"inputs":[],"outputs":[{"name":"y","datatype":"FP32","shape":[""]}]}"#,
      "a dimension's name is empty; use -1 for any length"
    ),
    (
      #"{"format":1,"inputs":[],"outputs":[{"name":"y","datatype":"FP32","shape":[1.5]}]}"#,
      "the signature can't be read: "
    ),
    (
      #"{"format":1,"inputs":[],"outputs":[{"name":"","datatype":"FP32","shape":[1]}]}"#,
      "an output of the model has an empty name"
    ),
    (
      #"{"format":1,"inputs":[],"outputs":[{"name":"y","datatype":"FP32"},{"name":"y","datatype":"FP32"}]}"#,
      "two outputs of the model are named `y`; names must be distinct"
    ),
  ])
  func `a file that is no signature is refused with the place`(text: String, message: String) {
    let error = #expect(throws: SignatureError.self) {
      try ModelSignature(fileContents: Data(text.utf8))
    }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "no error")")
  }

  @Test func `a file beyond the limit is refused unread`() {
    let error = #expect(throws: SignatureError.self) {
      try ModelSignature(fileContents: Data(count: ModelSignature.fileBytesMax + 1))
    }
    #expect(error?.description.contains("at most 4194304 are read") == true)
  }

  @Test func `a model without a tensor output is refused with what it has`() {
    let error = #expect(throws: SignatureError.self) {
      try ModelSignature(
        inputs: [], outputs: [], unavailableOutputs: [.init(name: "p", kind: "a map")])
    }
    #expect(error?.description.contains("`p` is a map") == true)
  }
}
