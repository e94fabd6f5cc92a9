import Contracts
import Trust

@testable import RegistryCore

/// The files of a version, as a client would push them.
struct Package {
  static let card = """
    name: Magika
    description: Says what type a file has.
    license: Apache-2.0
    owners:
      - ml@example.org
    intended_use: Sorting uploads.
    limitations: Short files are guessed.
    training_data: 100 million files.
    """
  static let signature = """
    {"format":1,"inputs":[{"datatype":"INT32","name":"bytes","shape":["n",2048]}],\
    "outputs":[{"datatype":"FP32","name":"score","shape":["n",214]}]}
    """

  var model = "magika"
  var files: [String: [UInt8]]

  init(model: String = "magika", weights: [UInt8] = [1, 2, 3], card: String = Package.card) {
    self.model = model
    files = [
      "card.yaml": Array(card.utf8), "signature.json": Array(Package.signature.utf8),
      "model.onnx": weights,
    ]
  }

  var entries: [Registry.FileEntry] {
    files.sorted { $0.key < $1.key }.map { path, content in
      Registry.FileEntry(
        path: path, byteCount: UInt64(content.count), sha256: ContentDigest(of: content).bytes)
    }
  }

  func manifest() throws -> ModelManifest {
    try ModelManifest(modelName: model, files: entries.manifestFiles())
  }

  func request(signedBy key: SigningKey) throws -> Registry.BeginPushRequest {
    Registry.BeginPushRequest(
      model: model, files: entries,
      manifestBundle: try ManifestBundle(signing: manifest(), with: key).jsonBytes())
  }
}
