import Foundation
import InferenceWorkerCore
import OnnxRuntimeEngine
import OpenVINOEngine
import Testing

/// The engines of this machine, each of which must pass the same suite.
enum Engines {
  static let repository: URL = {
    var folder = URL(filePath: #filePath).deletingLastPathComponent()
    while folder.path != "/" {
      let models = folder.appending(path: "Tests/Golden/models")
      if FileManager.default.fileExists(atPath: models.path) { return folder }
      folder.deleteLastPathComponent()
    }
    return URL(filePath: "/")
  }()

  static var prefix: String {
    ProcessInfo.processInfo.environment["SLIPWAY_PREFIX"]
      ?? repository.appending(path: ".build-deps").path
  }

  static let names =
    ["onnxruntime"] + (search(OpenVINOEngine.libraryFile).found == nil ? [] : ["openvino"])

  static var hasOpenVINO: Bool { names.contains("openvino") }

  static func engine(_ name: String) throws -> any InferenceEngine {
    name == "openvino"
      ? try OpenVINOEngine(library: search(OpenVINOEngine.libraryFile))
      : try OnnxRuntimeEngine(library: search(OnnxRuntimeEngine.libraryFile)) { _, _ in }
  }

  static func load(
    _ model: String, in engine: String, options: EngineOptions = EngineOptions()
  ) throws -> any LoadedModel {
    try Self.engine(engine).load(modelFile: path(model), options: options)
  }

  static func path(_ model: String) -> String {
    repository.appending(path: "Tests/Golden/models/\(model)").path
  }

  static func search(_ file: String) -> LibrarySearch {
    LibrarySearch(fileName: file, explicitPath: nil, executable: nil, prefix: prefix)
  }

  static func floats(_ name: String, _ shape: [Int], _ values: [Float]) -> Tensor {
    let bytes = values.flatMap { value in
      (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) }
    }
    return Tensor(name: name, datatype: .fp32, shape: shape, contents: .raw(bytes))
  }
}

extension Tensor {
  /// The elements of an FP32 tensor.
  var floats: [Float] {
    guard case .raw(let bytes) = contents, datatype == .fp32 else { return [] }
    return stride(from: 0, to: bytes.count, by: 4).map { start in
      Float(bitPattern: bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) })
    }
  }
}
