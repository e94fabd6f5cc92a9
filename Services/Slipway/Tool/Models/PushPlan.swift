internal import Contracts
internal import Foundation
internal import Trust

/// Everything that a push sends, with the pusher's signature over it.
struct PushPlan: Sendable {
  static let cardPath = "card.yaml"
  static let signaturePath = "signature.json"
  static let probePath = "probe.json"
  /// Of files that engines load.
  private static let modelExtensions: Set = ["onnx", "xml", "pb", "tflite"]

  let model: String
  let files: [PushFile]
  let manifestBundle: [UInt8]
  let manifestDigest: ContentDigest
  let lineage: Registry.Lineage

  /// - Parameters:
  ///   - files: of the model, card and signature not among them.
  ///   - signature: what the probe said of the model's tensors.
  ///   - probe: what it said of the engines; nil where nobody probed.
  init(
    model: String, files: [PushFile], card: PushFile, signature: PushFile, probe: PushFile?,
    lineage: Registry.Lineage, signedBy key: SigningKey
  ) throws(ToolError) {
    self.model = model
    self.files = files + [card, signature] + [probe].compactMap { $0 }
    self.lineage = lineage
    do {
      let manifest = try ModelManifest(
        modelName: model,
        files: try self.files.map { try ManifestFile(path: $0.path, digest: $0.digest) })
      manifestDigest = manifest.digest
      manifestBundle = try ManifestBundle(signing: manifest, with: key).jsonBytes()
    } catch {
      throw ToolError(.failed, "\(error)")
    }
  }

  /// The files at `paths`; those of a folder under their place in it.
  static func files(at paths: [String]) throws(ToolError) -> [PushFile] {
    var files: [PushFile] = []
    for path in paths {
      guard let isFolder = isFolder(path) else {
        throw ToolError(.notFound, "`\(path)` is not there: expected a file of the model")
      }
      guard isFolder else {
        files.append(
          try PushFile(path: URL(fileURLWithPath: path).lastPathComponent, file: path))
        continue
      }
      for inner in (FileManager.default.subpaths(atPath: path) ?? []).sorted() {
        let full = "\(path)/\(inner)"
        if Self.isFolder(full) == false { files.append(try PushFile(path: inner, file: full)) }
      }
    }
    return files.filter { ![cardPath, signaturePath, probePath].contains($0.path) }
  }

  /// Nil where there is nothing.
  private static func isFolder(_ path: String) -> Bool? {
    let attributes = try? FileManager.default.attributesOfItem(
      atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
    return attributes.map { $0[.type] as? FileAttributeType == .typeDirectory }
  }

  /// The file that an engine loads: the only one with a name that engines know, else the only file.
  static func modelFile(among files: [PushFile]) throws(ToolError) -> String {
    let models = files.filter { file in
      modelExtensions.contains(URL(fileURLWithPath: file.path).pathExtension.lowercased())
    }
    let candidates = models.isEmpty ? files : models
    guard candidates.count == 1, case .file(let path) = candidates.first?.source else {
      throw ToolError(
        .usage, "\(candidates.count) files could be the model: expected one",
        advice: "say which with --model-file PATH")
    }
    return path
  }

  var request: Registry.BeginPushRequest {
    Registry.BeginPushRequest(
      model: model,
      files: files.map {
        Registry.FileEntry(path: $0.path, byteCount: $0.byteCount, sha256: $0.digest.bytes)
      }, manifestBundle: manifestBundle, lineage: lineage)
  }

  /// Bytes that are sent when nothing is there yet: equal files once.
  var byteCount: UInt64 { distinctFiles.reduce(0) { $0 + $1.byteCount } }

  var distinctFiles: [PushFile] {
    var seen: Set<ContentDigest> = []
    return files.filter { seen.insert($0.digest).inserted }
  }
}
