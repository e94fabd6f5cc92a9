/// The list of a model's files with their digests, as its pusher signs it: an in-toto Statement v1
/// with the predicate of OpenSSF model-signing v1.0 (github.com/sigstore/model-transparency).
///
/// The model card and the tensor signature are files like any other and stand in the list.
///
/// **`digest` identifies a version**: the SHA-256 of the statement's bytes exactly as signed (the
/// DSSE payload, decoded from base64). The statement's own `subject` digest can't: it covers the
/// files' digests, not their names.
package struct ModelManifest: Equatable, Sendable {
  package static let payloadType = "application/vnd.in-toto+json"
  static let statementType = "https://in-toto.io/Statement/v1"
  static let predicateType = "https://model_signing/signature/v1.0"

  /// Sharded checkpoints have hundreds of files; ten thousand keep a manifest under 16 MiB.
  package static let filesMax = 10_000
  package static let statementLengthMaxBytes = 16 << 20

  /// The model that the pusher says this is. model-signing holds it for information only; we compare.
  package let modelName: String
  /// Sorted by path, segment by segment, as model-signing sorts them.
  package let files: [ManifestFile]
  /// The statement's bytes: what is signed and what `digest` is taken over.
  package let statement: [UInt8]

  /// A new manifest; `statement` is the canonical JSON of name and files, whatever their order here.
  package init(modelName: String, files: [ManifestFile]) throws(ManifestError) {
    try Self.check(modelName: modelName)
    self.modelName = modelName
    self.files = try Self.ordered(files)
    statement = Self.statement(modelName: modelName, files: self.files).canonicalBytes()
    guard statement.count <= Self.statementLengthMaxBytes else {
      throw .malformed("expected a statement of at most \(Self.statementLengthMaxBytes) bytes")
    }
  }

  /// Reads a statement, ours or one that model-signing wrote, and keeps its bytes as they are.
  package init(statement: [UInt8]) throws(ManifestError) {
    do {
      self = try ModelManifest.parse(statement)
    } catch let error as ManifestError {
      throw error
    } catch let error as JSONError {
      throw .malformed(error.message)
    } catch {
      throw .malformed("\(error)")
    }
  }

  private init(modelName: String, files: [ManifestFile], statement: [UInt8]) {
    self.modelName = modelName
    self.files = files
    self.statement = statement
  }

  /// Identifies this version's content, name and files included.
  package var digest: ContentDigest { ContentDigest(of: statement) }

  /// Checks that `actual` are exactly the files of this manifest, with their digests.
  /// - Throws: the first of `fileMissing`, `fileUnexpected` and `fileDiffers`, in the order of paths.
  package func verify(files actual: [ManifestFile]) throws(ManifestError) {
    let actual = try Self.ordered(actual)
    let found = Dictionary(actual.map { ($0.path, $0.digest) }, uniquingKeysWith: { one, _ in one })
    for file in files {
      guard let digest = found[file.path] else { throw .fileMissing(path: file.path) }
      guard digest == file.digest else {
        throw .fileDiffers(path: file.path, expected: file.digest, actual: digest)
      }
    }
    let named = Set(files.map(\.path))
    if let extra = actual.first(where: { !named.contains($0.path) }) {
      throw .fileUnexpected(path: extra.path)
    }
  }

  private static func check(modelName: String) throws(ManifestError) {
    if let fault = Name.fault(modelName) {
      throw .modelNameInvalid(name: modelName, fault: fault)
    }
  }

  /// The files in model-signing's order, after the checks that concern them all.
  private static func ordered(_ files: [ManifestFile]) throws(ManifestError) -> [ManifestFile] {
    guard !files.isEmpty else { throw .noFiles }
    guard files.count <= filesMax else { throw .tooManyFiles(count: files.count) }
    // `/` counts as less than any other character, which is the order of Python's `PurePosixPath`.
    let keyed = files.map { file in
      (key: file.path.utf8.map { $0 == UInt8(ascii: "/") ? 0 : $0 }, file: file)
    }
    let sorted = keyed.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    for (one, next) in zip(sorted, sorted.dropFirst()) {
      if one.key == next.key { throw .pathTwice(path: one.file.path) }
      // The files of a folder follow at once whatever has the folder's own name.
      if next.key.starts(with: one.key + [0]) {
        throw .pathIsFileAndFolder(path: one.file.path)
      }
    }
    return sorted.map(\.file)
  }

  /// What model-signing calls the model's digest: SHA-256 over the files' digests in order.
  private static func subjectDigest(_ files: [ManifestFile]) -> ContentDigest {
    ContentDigest(of: files.flatMap(\.digest.bytes))
  }

  private static func statement(modelName: String, files: [ManifestFile]) -> JSONValue {
    .object([
      "_type": .string(statementType),
      "subject": .array([
        .object([
          "name": .string(modelName),
          "digest": .object(["sha256": .string(subjectDigest(files).hex)]),
        ])
      ]),
      "predicateType": .string(predicateType),
      "predicate": .object([
        "serialization": .object([
          "method": .string("files"),
          "hash_type": .string("sha256"),
          "allow_symlinks": .boolean(false),
          "ignore_paths": .array(ManifestFile.ignoredTopNames.map { .string($0) }),
        ]),
        "resources": .array(
          files.map { file in
            .object([
              "name": .string(file.path),
              "algorithm": .string("sha256"),
              "digest": .string(file.digest.hex),
            ])
          }),
      ]),
    ])
  }

  private static func parse(_ statement: [UInt8]) throws -> ModelManifest {
    let value = try JSONParser.parse(statement, lengthMaxBytes: statementLengthMaxBytes)
    let reader = try JSONReader(value, fields: nil)
    try reader.require("_type", statementType)
    try reader.require("predicateType", predicateType)
    let subjects = try reader.array("subject")
    guard subjects.count == 1, let first = subjects.first else {
      throw JSONError("expected one entry in `subject`, got \(subjects.count)")
    }
    let subject = try JSONReader(first, place: "subject[0]", fields: nil)
    let modelName = try subject.string("name")
    try check(modelName: modelName)

    let predicate = try reader.object("predicate", fields: nil)
    let serialization = try predicate.object("serialization", fields: nil)
    try serialization.require("method", "files")
    try serialization.require("hash_type", "sha256")
    guard try !serialization.boolean("allow_symlinks") else {
      throw JSONError("expected `predicate.serialization.allow_symlinks` to be false")
    }
    let files = try parse(resources: predicate)
    let expected = subjectDigest(files).hex
    try subject.object("digest", fields: nil).require("sha256", expected)
    return ModelManifest(modelName: modelName, files: files, statement: statement)
  }

  private static func parse(resources predicate: JSONReader) throws -> [ManifestFile] {
    let resources = try predicate.array("resources")
    var files: [ManifestFile] = []
    for (index, resource) in resources.enumerated() {
      let reader = try JSONReader(
        resource, place: "predicate.resources[\(index)]", fields: nil)
      try reader.require("algorithm", "sha256")
      let text = try reader.string("digest")
      guard let digest = ContentDigest(hex: text) else {
        throw JSONError(
          "expected `\(reader.path("digest"))` to be 64 lower-case hexadecimal digits, got `\(text)`"
        )
      }
      files.append(try ManifestFile(path: try reader.string("name"), digest: digest))
    }
    let ordered = try ordered(files)
    guard ordered == files else {
      throw JSONError("expected `predicate.resources` to be sorted by path")
    }
    return files
  }
}
