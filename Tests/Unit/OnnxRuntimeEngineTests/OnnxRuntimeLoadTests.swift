import Foundation
import InferenceWorkerCore
import OnnxRuntimeEngine
import Synchronization
import Testing

@Suite struct OnnxRuntimeLoadTests {
  @Test func `the engine says what it is`() throws {
    let engine = try Fixtures.engine()
    #expect(engine.name == "onnxruntime")
    #expect(engine.version == "1.28.0")
  }

  @Test func `the signature has names, symbols and scalars`() throws {
    let signature = try Fixtures.load("dynamic").signature
    #expect(
      signature
        == (try ModelSignature(
          inputs: [
            TensorSpec(name: "a", datatype: .fp32, shape: ["batch", "width"]),
            TensorSpec(name: "b", datatype: .fp32, shape: ["batch", "width"]),
            TensorSpec(name: "scale", datatype: .fp32, shape: []),
          ],
          outputs: [
            TensorSpec(name: "scaled", datatype: .fp32, shape: ["batch", "width"]),
            TensorSpec(name: "total", datatype: .fp32, shape: ["batch"]),
          ])))
  }

  @Test(arguments: TensorDataType.allCases.filter { $0 != .bytes && $0.isOfProtocol })
  func `the signature tells every datatype`(datatype: TensorDataType) throws {
    let signature = try Fixtures.load("every-datatype").signature
    let name = "in_\(datatype.rawValue)"
    let input = signature.inputs.first { $0.name == name }
    #expect(input == TensorSpec(name: name, datatype: datatype, shape: ["rows", 3]))
  }

  @Test func `the signature tells an open rank and an unnamed dimension from a scalar`() throws {
    #expect(
      try Fixtures.load("any-rank").signature.inputs
        == [TensorSpec(name: "x", datatype: .int32, shape: nil)])
    #expect(
      try Fixtures.load("unnamed").signature.inputs
        == [TensorSpec(name: "x", datatype: .int32, shape: [-1, 2])])
  }

  @Test(arguments: [
    ("sequence-output", ["parts.values", "parts.shapes", "same"]),
    ("classifier", ["label", "scores.keys", "scores.values", "scores.lengths"]),
    ("only-sequence-output", ["parts.values", "parts.shapes"]),
  ])
  func `sequences and maps are carried by tensors`(model: String, outputs: [String]) throws {
    let signature = try Fixtures.load(model).signature
    #expect(signature.outputs.map(\.name) == outputs)
    #expect(signature.unavailableOutputs.isEmpty)
  }

  @Test func `a datatype that the protocol lacks has a name and a width`() throws {
    let model = try Fixtures.load("float8-output")
    let small = try #require(model.signature.outputs.first { $0.name == "small" })
    #expect(small.datatype == .fp8e4m3fn)
    let input = Fixtures.floats("x", [2], [1, -2])
    let outputs = try model.run([input], outputs: ["small"], terminator: nil)
    // 1.0 and -2.0 in four bits of exponent and three of fraction.
    #expect(outputs.first?.contents == .raw([0x38, 0xc0]))
  }

  @Test func `a damaged model is an error, not a crash`() throws {
    let engine = try Fixtures.engine()
    let whole = try Data(contentsOf: URL(filePath: Fixtures.modelPath("mlp")))
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var refused = 0
    func tryLoading(_ contents: Data, _ what: String) throws {
      let file = folder.appending(path: "model.onnx")
      try contents.write(to: file)
      do throws(EngineError) {
        _ = try engine.load(modelFile: file.path, options: EngineOptions())
      } catch {
        #expect(error.code == .modelInvalid || error.code == .modelUnsupported, "\(what): \(error)")
        #expect(error.cause?.isEmpty == false, "\(what): \(error)")
        refused += 1
      }
    }
    let lengths = Array(stride(from: 0, to: whole.count, by: 97))
    for length in lengths { try tryLoading(whole.prefix(length), "cut at \(length)") }
    #expect(refused == lengths.count)
    try tryLoading(Data("this is no model".utf8), "text")
    for position in stride(from: 0, to: whole.count, by: 331) {
      var flipped = whole
      flipped[position] ^= 0x55
      try tryLoading(flipped, "byte \(position) changed")
    }
    #expect(refused > lengths.count + 1)
  }

  @Test func `a missing model file is its own error`() throws {
    let engine = try Fixtures.engine()
    let error = #expect(throws: EngineError.self) {
      try engine.load(modelFile: "/nonexistent/model.onnx", options: EngineOptions())
    }
    #expect(error?.code == .modelMissing)
  }

  @Test func `options beyond the limits are refused`() {
    var options = EngineOptions()
    options.intraOpThreads = -1
    let error = #expect(throws: EngineError.self) { try Fixtures.load("mlp", options: options) }
    #expect(error?.code == .invalidOptions)
  }

  @Test func `all options work`() throws {
    var options = EngineOptions()
    options.intraOpThreads = 2
    options.interOpThreads = 2
    options.keepsFreedMemory = true
    options.spinsWhenIdle = true
    let model = try Fixtures.load("any-rank", options: options)
    let x = Tensor(name: "x", datatype: .int32, shape: [1], contents: .raw([1, 2, 3, 4]))
    #expect(try model.run([x]).first?.contents == .raw([1, 2, 3, 4]))
  }
}
