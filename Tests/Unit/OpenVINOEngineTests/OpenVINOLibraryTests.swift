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
}
