import Foundation
import InferenceWorkerCore
import OnnxRuntimeEngine
import Synchronization
import Testing

/// Real engines and models for these tests.
enum Fixtures {
  /// The repository: the nearest folder above this file that holds the models.
  static let repository: URL = {
    var folder = URL(filePath: #filePath).deletingLastPathComponent()
    while folder.path != "/" {
      let models = folder.appending(path: "Tests/Golden/models")
      if FileManager.default.fileExists(atPath: models.path) { return folder }
      folder.deleteLastPathComponent()
    }
    return URL(filePath: "/")
  }()

  static func modelPath(_ name: String) -> String {
    repository.appending(path: "Tests/Golden/models/\(name).onnx").path
  }

  /// The library in `$SLIPWAY_PREFIX`, else where `scripts/bootstrap` puts it.
  static var librarySearch: LibrarySearch {
    let prefix =
      ProcessInfo.processInfo.environment["SLIPWAY_PREFIX"]
      ?? repository.appending(path: ".build-deps").path
    return LibrarySearch(
      fileName: OnnxRuntimeEngine.libraryFile, explicitPath: nil, executable: nil, prefix: prefix)
  }

  /// The lines that the library has logged in this process.
  static let logged = Mutex<[(level: EngineLogLevel, line: String)]>([])

  static func engine() throws -> OnnxRuntimeEngine {
    let search = librarySearch
    try #require(
      search.found != nil,
      "the tests need \(search.candidates.joined(separator: ", ")): run scripts/bootstrap")
    return try OnnxRuntimeEngine(library: search) { level, line in
      logged.withLock { $0.append((level, line)) }
    }
  }

  static func load(
    _ name: String, options: EngineOptions = EngineOptions()
  ) throws -> any LoadedModel {
    try engine().load(modelFile: modelPath(name), options: options)
  }

  static func floats(_ name: String, _ shape: [Int], _ values: [Float]) -> Tensor {
    Tensor(
      name: name, datatype: .fp32, shape: shape,
      contents: .raw(littleEndian(values.map(\.bitPattern))))
  }

  static func int64s(_ name: String, _ shape: [Int], _ values: [Int64]) -> Tensor {
    Tensor(
      name: name, datatype: .int64, shape: shape,
      contents: .raw(littleEndian(values.map(\.self))))
  }

  private static func littleEndian(_ values: [some FixedWidthInteger]) -> [UInt8] {
    values.flatMap { value in
      (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
  }

  static func strings(_ name: String, _ strings: [[UInt8]]) -> Tensor {
    Tensor(name: name, datatype: .bytes, shape: [strings.count], contents: .strings(strings))
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
