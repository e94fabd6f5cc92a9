import Foundation
import InferenceWorkerCore
import OnnxRuntimeEngine
import Testing

@Suite struct LibrarySearchTests {
  @Test func `the library is looked for beside the executable, then in the prefix`() {
    let search = LibrarySearch(
      fileName: OnnxRuntimeEngine.libraryFile, explicitPath: nil,
      executable: "/opt/slipway/bin/inference-worker", prefix: "/prefix")
    #expect(
      search.candidates == [
        "/opt/slipway/bin/../lib/libonnxruntime.so.1.28.0",
        "/opt/slipway/bin/libonnxruntime.so.1.28.0",
        "/prefix/lib/libonnxruntime.so.1.28.0",
      ])
  }

  @Test func `a configured path is the only place looked at`() {
    let search = LibrarySearch(
      fileName: OnnxRuntimeEngine.libraryFile, explicitPath: "/a/b.so", executable: "/opt/x",
      prefix: "/prefix")
    #expect(search.candidates == ["/a/b.so"])
  }

  @Test func `this process has an executable to look beside`() {
    #expect(LibrarySearch(fileName: OnnxRuntimeEngine.libraryFile).candidates.count >= 2)
  }

  @Test func `a missing library is an error that says where it was looked for and what to do`() {
    let search = LibrarySearch(
      fileName: OnnxRuntimeEngine.libraryFile, explicitPath: nil,
      executable: "/nonexistent/bin/worker", prefix: "/nowhere")
    let error = #expect(throws: EngineError.self) {
      try OnnxRuntimeEngine(library: search, log: { _, _ in })
    }
    #expect(error?.code == .engineMissing)
    #expect(
      error?.message
        == "the ONNX Runtime library was not found; looked for "
        + "`/nonexistent/bin/../lib/libonnxruntime.so.1.28.0`, "
        + "`/nonexistent/bin/libonnxruntime.so.1.28.0`, "
        + "`/nowhere/lib/libonnxruntime.so.1.28.0`; run scripts/bootstrap")
  }

  #if arch(arm64)
    private static let otherLibrary = "/lib/aarch64-linux-gnu/libm.so.6"
  #else
    private static let otherLibrary = "/lib/x86_64-linux-gnu/libm.so.6"
  #endif

  @Test(arguments: [Fixtures.modelPath("any-rank"), otherLibrary])
  func `a file that is not the library is an error`(path: String) throws {
    try #require(FileManager.default.fileExists(atPath: path))
    let search = LibrarySearch(
      fileName: OnnxRuntimeEngine.libraryFile, explicitPath: path, executable: nil, prefix: nil)
    let error = #expect(throws: EngineError.self) {
      try OnnxRuntimeEngine(library: search, log: { _, _ in })
    }
    #expect(error?.code == .engineMissing)
    #expect(
      error?.message.hasSuffix("can't be used as the ONNX Runtime library; run scripts/bootstrap")
        == true)
    #expect(error?.cause?.isEmpty == false)
  }
}
