import Testing

@testable import InferenceWorkerCore

@Suite struct DimensionNameTests {
  @Test(
    "a dimension's name is shown if a person chose it",
    arguments: [
      ("batch", "batch"), ("batch_size", "batch_size"), ("N", "N"), ("tokens", "tokens"),
      ("unk__25", "-1"), ("DynamicDimension.0", "-1"), ("s0", "-1"), ("?", "-1"), ("12", "-1"),
      ("input_dynamic_axes_1", "-1"), ("dim_3", "-1"), ("size", "size"), ("s", "s"),
    ])
  func spelled(name: String, expected: String) {
    let spec = TensorSpec(name: "x", datatype: .fp32, shape: [.symbol(name), .fixed(2048)])
    let fault = RequestFault.wrongDimension(
      input: "x", axis: 1, shape: [1, 2047], expected: spec)
    #expect(
      fault.description
        == "input `x` has shape [1, 2047]; expected shape [\(expected), 2048], dimension 1 differs")
  }

  @Test("two lengths of one dimension are told without the name that nobody chose")
  func inconsistent() {
    for (symbol, ending) in [("batch", ": both are `batch`"), ("unk__7", "")] {
      let fault = RequestFault.inconsistentSymbol(
        symbol, input: "b", axis: 0, length: 2, other: .init(input: "a", axis: 0, length: 1))
      #expect(
        fault.description
          == "dimension 0 of input `b` is 2; expected 1 as in dimension 0 of input `a`\(ending)")
    }
  }
}
