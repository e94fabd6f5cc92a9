import Foundation
import InferenceWorkerCore
import Synchronization

/// Loads any `*.fake` file as the given model.
final class FakeEngine: InferenceEngine {
  let name = "fake"
  let version = "1.0"
  let fileExtensions: Set = ["fake"]
  private let model: Result<any LoadedModel, EngineError>
  private let paths = Mutex<[String]>([])
  private let contents = Mutex<[Data]>([])

  init(_ model: any LoadedModel) { self.model = .success(model) }

  init(failure: EngineError) { model = .failure(failure) }

  var loadedPaths: [String] { paths.withLock { $0 } }
  var loadedContents: [Data] { contents.withLock { $0 } }

  func load(
    modelFile path: String, options: EngineOptions
  ) throws(EngineError) -> any LoadedModel {
    guard let content = FileManager.default.contents(atPath: path) else {
      throw EngineError(.modelMissing, "there is no file")
    }
    paths.withLock { $0.append(path) }
    contents.withLock { $0.append(content) }
    return try model.get()
  }
}
