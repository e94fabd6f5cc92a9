internal import COnnxRuntime
import FoundationEssentials
package import InferenceWorkerCore

/// ONNX models on the CPU, through ONNX Runtime's C table.
package struct OnnxRuntimeEngine: InferenceEngine {
  /// The release that Slipway is built for and tested with; 1.29 and later send telemetry.
  package static let libraryFile = "libonnxruntime.so.1.28.0"

  private let library: OnnxRuntimeLibrary

  package var name: String { "onnxruntime" }
  package var version: String { library.version }
  package var fileExtensions: Set<String> { ["onnx"] }

  /// Opens the library and starts it, once per process: a further engine shares it, and the first
  /// one's `log` takes the lines of all.
  /// - Throws: `engineMissing`, naming what was looked for.
  package init(
    library search: LibrarySearch = LibrarySearch(fileName: libraryFile),
    log: @escaping EngineLog
  ) throws(EngineError) {
    library = try OnnxRuntimeLibrary.open(search, log: log)
  }

  package func load(
    modelFile path: String, options: EngineOptions
  ) throws(EngineError) -> any LoadedModel {
    try options.check()
    guard FileManager.default.isReadableFile(atPath: path) else {
      throw EngineError(
        .modelMissing, "there is no readable model file; expected an ONNX model", cause: path)
    }
    let session = try OnnxSessionHandle(library: library, modelFile: path, options: options)
    return try OnnxRuntimeModel(session)
  }
}
