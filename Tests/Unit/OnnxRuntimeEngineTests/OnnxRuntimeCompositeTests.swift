import InferenceWorkerCore
import Testing

/// Values that are no tensors, carried by tensors.
@Suite struct OnnxRuntimeCompositeTests {
  @Test func `a sequence goes in as its elements and their shapes`() throws {
    let model = try Fixtures.load("sequence-input")
    #expect(model.signature.inputs.map(\.name) == ["parts.values", "parts.shapes"])
    let values = Fixtures.floats("parts.values", [6], [1, 2, 3, 4, 5, 6])
    let shapes = Fixtures.int64s("parts.shapes", [2, 1], [2, 4])
    let outputs = try model.run([shapes, values])
    #expect(outputs.map(\.name) == model.signature.outputs.map(\.name))
  }

  @Test(
    arguments: [
      ([6], [2, 1], [2, 5]), ([6], [2, 1], [2, 3]), ([6], [1, 1], [7]), ([6], [1, 2], [3, 3]),
      ([2, 3], [1, 1], [6]), ([6], [2], [2, 4]),
    ] as [([Int], [Int], [Int64])])
  func `shapes that don't take up the elements are refused`(
    values: [Int], shapes: [Int], lengths: [Int64]
  ) throws {
    let model = try Fixtures.load("sequence-input")
    let error = #expect(throws: EngineError.self) {
      try model.run([
        Fixtures.floats("parts.values", values, [1, 2, 3, 4, 5, 6]),
        Fixtures.int64s("parts.shapes", shapes, lengths),
      ])
    }
    #expect(error?.code == .invalidRequest)
    #expect(error?.message.contains("`parts`") == true)
  }

  @Test func `a part of a value can be asked for alone, and all parts fit each other`() throws {
    let model = try Fixtures.load("classifier")
    let spec = try #require(model.signature.inputs.first)
    let width = spec.shape?.last?.length ?? 1
    let input = Fixtures.floats(
      spec.name, [3, width], [Float](repeating: 0.5, count: 3 * width))
    let all = try model.run([input])
    #expect(all.map(\.name) == ["label", "scores.keys", "scores.values", "scores.lengths"])
    let keys = all[1].shape[0]
    #expect(all[2].shape == [keys])
    #expect(all[3].shape == [3])
    #expect(try model.run([input], outputs: ["scores.values"], terminator: nil) == [all[2]])
    #expect(
      try model.run([input], outputs: ["scores.lengths", "label"], terminator: nil)
        == [all[3], all[0]])
  }

  @Test func `a part that is missing is refused`() throws {
    let model = try Fixtures.load("sequence-input")
    let error = #expect(throws: EngineError.self) {
      try model.run([Fixtures.floats("parts.values", [1], [1])])
    }
    #expect(error?.code == .invalidRequest)
  }
}
