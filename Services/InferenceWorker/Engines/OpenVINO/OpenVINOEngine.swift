import FoundationEssentials
package import InferenceWorkerCore

/// Dense models on the CPU, through OpenVINO's C interface: ONNX, its own format, TensorFlow and
/// TensorFlow Lite. Optional: a machine without the library lacks nothing but this engine.
package struct OpenVINOEngine: InferenceEngine {
  /// The release that Slipway is tested with. Its name changes with each one, as does its interface's
  /// behaviour; it has a folder of its own because it finds its parts beside itself.
  package static let libraryFile = "openvino/libopenvino_c.so.2641"
  /// What a folder as TensorFlow saves it holds; the engine is given the folder.
  private static let savedModel = "saved_model.pb"

  private let library: OpenVINOLibrary

  package var name: String { "openvino" }
  package var version: String { library.version }
  package var fileExtensions: Set<String> { ["onnx", "xml", "pb", "tflite"] }
  package var precisions: Set<EngineOptions.Precision> { [.fp32, .bf16] }

  /// Opens the library and starts it, once per process.
  /// - Throws: `engineMissing`, naming what was looked for.
  package init(
    library search: LibrarySearch = LibrarySearch(fileName: libraryFile)
  ) throws(EngineError) {
    library = try OpenVINOLibrary.open(search)
  }

  /// Nil where the library is not installed.
  /// - Throws: `engineMissing` where it is, and can't be used.
  package static func ifInstalled(
    library search: LibrarySearch = LibrarySearch(fileName: libraryFile)
  ) throws(EngineError) -> OpenVINOEngine? {
    search.found == nil ? nil : try OpenVINOEngine(library: search)
  }

  package func load(
    modelFile path: String, options: EngineOptions
  ) throws(EngineError) -> any LoadedModel {
    try options.check()
    guard FileManager.default.isReadableFile(atPath: path) else {
      throw EngineError(
        .modelMissing, "there is no readable model file; expected one that OpenVINO reads",
        cause: path)
    }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let readPath = name == Self.savedModel ? String(path.dropLast(name.count)) : path
    let compiled = try OpenVINOCompiledHandle(
      library: library, modelFile: readPath, options: options)
    // What has no state of its own can serve one call after the other.
    let isStateless = name.hasSuffix(".onnx") || name.hasSuffix(".tflite")
    return try OpenVINOModel(compiled, reusesRequests: isStateless)
  }
}
