internal import Contracts
internal import Trust

extension Registry.Evidence {
  /// The signed list of files, checked against the files that the registry says the version has and
  /// against the name that was asked for; the signature itself is not looked at here.
  func bundle(of model: String) throws(ToolError) -> ManifestBundle {
    do {
      let bundle = try ManifestBundle(json: manifestBundle)
      guard bundle.manifest.modelName == model else {
        throw ToolError(
          .refused,
          "the registry answered `\(model)` with a manifest of `\(bundle.manifest.modelName)`",
          advice: "tell whoever runs the registry; sign nothing")
      }
      try bundle.manifest.verify(files: try manifestFiles())
      return bundle
    } catch let error as ToolError {
      throw error
    } catch {
      throw ToolError(
        .refused, "the version is not what its manifest says: \(error)",
        advice: "tell whoever runs the registry; sign nothing")
    }
  }

  func manifestFiles() throws -> [ManifestFile] {
    try files.map { file in
      guard let digest = ContentDigest(bytes: file.sha256) else {
        throw ManifestError.malformed("expected a digest of 32 bytes for `\(file.path)`")
      }
      return try ManifestFile(path: file.path, digest: digest)
    }
  }
}
