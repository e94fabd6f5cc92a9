import Foundation
import InferenceWorkerCore
import OpenVINOEngine
import Testing

@Suite struct OpenVINOLibraryTests {
  private static let elsewhere = LibrarySearch(
    fileName: OpenVINOEngine.libraryFile, explicitPath: nil, executable: "/nowhere/bin/worker",
    prefix: "/nowhere")

  @Test func `a machine without the library lacks the engine and nothing else`() throws {
    #expect(try OpenVINOEngine.ifInstalled(library: Self.elsewhere) == nil)
    let error = #expect(throws: EngineError.self) {
      try OpenVINOEngine(library: Self.elsewhere)
    }
    #expect(error?.code == .engineMissing)
    #expect(error?.message.contains("`/nowhere/lib/openvino/libopenvino_c.so.2641`") == true)
  }

  @Test func `a library that is another one is refused`() throws {
    let other = Engines.search("libonnxruntime.so.1.28.0")
    let error = #expect(throws: EngineError.self) { try OpenVINOEngine(library: other) }
    #expect(error?.code == .engineMissing)
    #expect(error?.message.contains("lacks `ov_get_openvino_version`") == true)
  }

  @Test(
    .enabled(if: Engines.hasOpenVINO, "needs OpenVINO: run scripts/bootstrap"),
    arguments: ["classifier.onnx", "strings.onnx", "sequence-input.onnx"])
  func `a model that is not dense is refused with a reason`(model: String) throws {
    let error = #expect(throws: EngineError.self) { try Engines.load(model, in: "openvino") }
    #expect(error?.code == .modelInvalid || error?.code == .modelUnsupported)
    #expect(error?.cause?.isEmpty == false || error?.message.contains("dense") == true)
  }

  /// The format of OpenVINO itself, and a frozen graph of TensorFlow.
  @Test(
    .enabled(if: Engines.hasOpenVINO, "needs OpenVINO: run scripts/bootstrap"),
    arguments: ["relu.xml", "relu.pb"])
  func `other formats than ONNX are loaded and run`(model: String) throws {
    let model = try Engines.load(model, in: "openvino")
    let input = try #require(model.signature.inputs.first)
    #expect(input.shape == [-1, 2])
    let outputs = try model.run([Engines.floats(input.name, [2, 2], [-1, 2, 3, -4])])
    #expect(outputs.map(\.floats) == [[0, 2, 3, 0]])
  }

  @Test(.enabled(if: Engines.hasOpenVINO, "needs OpenVINO: run scripts/bootstrap"))
  func `scalars come out as such, and inputs have the names of the file`() throws {
    let model = try Engines.load("quantized.onnx", in: "openvino")
    #expect(model.signature.inputs.map(\.name) == ["x"])
    #expect(model.signature.outputs.map(\.name) == ["y", "y_scale", "y_zero_point"])
    let outputs = try model.run([Engines.floats("x", [2], [0, 255])])
    #expect(outputs.map(\.shape) == [[2], [], []])
    #expect(outputs[1].floats == [1])
  }

  @Test(.enabled(if: Engines.hasOpenVINO, "needs OpenVINO: run scripts/bootstrap"))
  func `fewer bits are computed in only where they are asked for`() throws {
    let input = [Engines.floats("x", [1, 30], EngineConformanceTests.input)]
    let exact = try Engines.load("mlp.onnx", in: "onnxruntime").run(input)[0].floats
    let usual = try Engines.load("mlp.onnx", in: "openvino").run(input)[0].floats
    for (one, other) in zip(exact, usual) { #expect(abs(one - other) < 1e-6) }
    var options = EngineOptions()
    options.precision = .bf16
    let fewer = try Engines.load("mlp.onnx", in: "openvino", options: options).run(input)[0].floats
    for (one, other) in zip(exact, fewer) { #expect(abs(one - other) < 0.05) }
  }
}
