/// Why a manifest can't be made, read or believed, or why files are not the ones it names.
package enum ManifestError: Error, Equatable, CustomStringConvertible {
  case malformed(String)
  case modelNameInvalid(name: String, fault: String)
  case noFiles
  case tooManyFiles(count: Int)
  /// `fault` is the end of a sentence about the path.
  case pathInvalid(path: String, fault: String)
  case pathTwice(path: String)
  /// `path` is a file and also the folder of another file.
  case pathIsFileAndFolder(path: String)
  case unexpectedHint(hint: String, expected: String)
  case badSignature
  case fileMissing(path: String)
  case fileUnexpected(path: String)
  case fileDiffers(path: String, expected: ContentDigest, actual: ContentDigest)
  case key(KeyError)

  package var description: String {
    switch self {
    case .malformed(let reason): "the manifest is not one that we read: \(reason)"
    case .modelNameInvalid(let name, let fault): "the model's name `\(name)` \(fault)"
    case .noFiles: "expected a model of at least one file"
    case .tooManyFiles(let count):
      "expected at most \(ModelManifest.filesMax) files, got \(count)"
    case .pathInvalid(let path, let fault): "the path `\(path)` \(fault)"
    case .pathTwice(let path): "the path `\(path)` occurs twice"
    case .pathIsFileAndFolder(let path): "`\(path)` is both a file and the folder of another file"
    case .unexpectedHint(let hint, let expected):
      "expected the manifest to be signed by the key with hint `\(expected)`, it names `\(hint)`"
    case .badSignature: "the manifest's signature does not fit its content and key"
    case .fileMissing(let path): "the manifest names `\(path)`, which is not among the files"
    case .fileUnexpected(let path): "`\(path)` is among the files, the manifest does not name it"
    case .fileDiffers(let path, let expected, let actual):
      "expected `\(path)` to have the digest \(expected), it has \(actual)"
    case .key(let error): error.description
    }
  }
}
