import Foundation
import Testing

@testable import Trust

struct ModelManifestTests {
  /// The statement of `Fixture.manifest()`, byte for byte.
  private static let statement =
    #"{"_type":"https://in-toto.io/Statement/v1","predicate":{"resources":["#
    + #"{"algorithm":"sha256","digest":"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881","name":"a/z.bin"},"#
    + #"{"algorithm":"sha256","digest":"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824","name":"a.bin"},"#
    + #"{"algorithm":"sha256","digest":"8789e7eabb7ba5922a5087c25d315a1e5fbb6b0f97510862579d348428dbd9d4","name":"model-card.yaml"},"#
    + #"{"algorithm":"sha256","digest":"486ea46224d1bb4fb680f34f7c9ad96a8f24ec88be73ea8e5a6c65260e9cb8a7","name":"sub/b.bin"}],"#
    + #""serialization":{"allow_symlinks":false,"hash_type":"sha256","ignore_paths":[".git",".gitattributes",".github",".gitignore"],"method":"files"}},"#
    + #""predicateType":"https://model_signing/signature/v1.0","#
    + #""subject":[{"digest":{"sha256":"efa18134df5460335fe14439776da3a3e8b91daf47e57f56de8b43fc539e3b25"},"name":"demo"}]}"#

  @Test("a manifest's statement is the same bytes for the same files in any order")
  func writesGoldenStatement() throws {
    let manifest = try ModelManifest(modelName: "demo", files: Fixture.files().reversed())
    #expect(String(decoding: manifest.statement, as: UTF8.self) == Self.statement)
    #expect(manifest.digest == Fixture.digest(Self.statement))
    #expect(try ModelManifest(statement: manifest.statement) == manifest)
  }

  @Test("the digest depends on a file's name, which the format's own subject digest does not")
  func digestCoversNames() throws {
    let one = try ManifestFile(path: "a", digest: Fixture.digest("x"))
    let other = try ManifestFile(path: "b", digest: Fixture.digest("x"))
    let digests = try [one, other].map { try ModelManifest(modelName: "m", files: [$0]).digest }
    #expect(digests[0] != digests[1])
    #expect(
      try ModelManifest(modelName: "m", files: [one]).digest
        != ModelManifest(modelName: "n", files: [one]).digest)
  }

  @Test("a bundle by model-signing's own tool is read and verified")
  func readsUpstreamBundle() throws {
    let bundle = try ManifestBundle(json: Golden.upstreamBundle.bytes)
    try bundle.verify(by: Fixture.key(7).verifyingKey)
    #expect(bundle.manifest.modelName == "demo")
    try bundle.manifest.verify(files: Fixture.files())
    #expect(bundle.manifest.files == (try Fixture.manifest().files))
    #expect(try ManifestBundle(json: bundle.jsonBytes()) == bundle)
  }

  @Test("a bundle that model-signing's own tool accepted keeps its bytes")
  func keepsGoldenBundle() throws {
    let bundle = try ManifestBundle(json: Golden.acceptedBundle.bytes)
    try bundle.verify(by: Fixture.key(7).verifyingKey)
    #expect(String(decoding: bundle.manifest.statement, as: UTF8.self) == Self.statement)
    #expect(String(decoding: bundle.jsonBytes(), as: UTF8.self) == Golden.acceptedBundle)
  }

  @Test("a bundle that we sign verifies by its key and by no other")
  func signsAndVerifies() throws {
    let bundle = try ManifestBundle(signing: Fixture.manifest(), with: Fixture.key(1))
    let read = try ManifestBundle(json: bundle.jsonBytes())
    #expect(read == bundle)
    try read.verify(by: Fixture.key(1).verifyingKey)
    let (one, other) = try (Fixture.key(1).verifyingKey, Fixture.key(2).verifyingKey)
    #expect(
      throws: ManifestError.unexpectedHint(hint: one.manifestHint, expected: other.manifestHint)
    ) { try read.verify(by: other) }
  }

  @Test("a bundle whose hint is exchanged for that of another key fails by its signature")
  func refusesExchangedHint() throws {
    let (one, other) = try (Fixture.key(1), Fixture.key(2))
    let bundle = try ManifestBundle(signing: Fixture.manifest(), with: one)
    let forged = String(decoding: bundle.jsonBytes(), as: UTF8.self)
      .replacingOccurrences(
        of: one.verifyingKey.manifestHint, with: other.verifyingKey.manifestHint)
    let read = try ManifestBundle(json: forged.bytes)
    #expect(throws: ManifestError.badSignature) { try read.verify(by: other.verifyingKey) }
  }

  @Test("any other byte in the statement is refused, as no statement or by the signature")
  func refusesEveryChangedByte() throws {
    let manifest = try Fixture.manifest()
    let key = try Fixture.key(1)
    let bundle = try ManifestBundle(signing: manifest, with: key)
    let payload = Base64.encode(manifest.statement)
    let json = String(decoding: bundle.jsonBytes(), as: UTF8.self)
    for index in manifest.statement.indices {
      var statement = manifest.statement
      statement[index] ^= 1
      let forged = json.replacingOccurrences(of: payload, with: Base64.encode(statement))
      #expect(throws: ManifestError.self, "byte \(index)") {
        try ManifestBundle(json: forged.bytes).verify(by: key.verifyingKey)
      }
    }
  }

  @Test(
    "a statement of another shape is refused and says where",
    arguments: [
      (
        "https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1",
        "expected `_type` to be `https://in-toto.io/Statement/v1`, got `https://in-toto.io/Statement/v0.1`"
      ),
      (
        "signature/v1.0", "signature/v2.0",
        "expected `predicateType` to be `https://model_signing/signature/v1.0`, got `https://model_signing/signature/v2.0`"
      ),
      (
        #""method":"files""#, #""method":"shards""#,
        "expected `predicate.serialization.method` to be `files`, got `shards`"
      ),
      (
        #""hash_type":"sha256""#, #""hash_type":"blake3""#,
        "expected `predicate.serialization.hash_type` to be `sha256`, got `blake3`"
      ),
      (
        #""allow_symlinks":false"#, #""allow_symlinks":true"#,
        "expected `predicate.serialization.allow_symlinks` to be false"
      ),
      (
        #""algorithm":"sha256","digest":"2cf2"#, #""algorithm":"sha512","digest":"2cf2"#,
        "expected `predicate.resources[1].algorithm` to be `sha256`, got `sha512`"
      ),
      (
        "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", "2cf2",
        "expected `predicate.resources[1].digest` to be 64 lower-case hexadecimal digits, got `2cf2`"
      ),
      (#""name":"a.bin""#, #""nom":"a.bin""#, "field `predicate.resources[1].name` is missing"),
      (
        #""name":"a.bin""#, #""name":"zz.bin""#,
        "expected `predicate.resources` to be sorted by path"
      ),
      (
        "efa18134df5460335fe14439776da3a3e8b91daf47e57f56de8b43fc539e3b25",
        "ffa18134df5460335fe14439776da3a3e8b91daf47e57f56de8b43fc539e3b25",
        "expected `subject[0].digest.sha256` to be `efa18134df5460335fe14439776da3a3e8b91daf47e57f56de8b43fc539e3b25`, got `ffa18134df5460335fe14439776da3a3e8b91daf47e57f56de8b43fc539e3b25`"
      ),
      (#""subject":[{"#, #""subject":[{},{"#, "expected one entry in `subject`, got 2"),
    ])
  func refusesShapes(part: String, replacement: String, message: String) {
    let statement = Self.statement.replacingOccurrences(of: part, with: replacement)
    #expect(throws: ManifestError.malformed(message)) {
      try ModelManifest(statement: statement.bytes)
    }
  }

  @Test(
    "a bundle of another shape is refused and says where",
    arguments: [
      (
        "bundle.v0.3+json", "bundle.v0.1+json",
        "expected `mediaType` to be `application/vnd.dev.sigstore.bundle.v0.3+json`, got `application/vnd.dev.sigstore.bundle.v0.1+json`"
      ),
      (#""hint""#, #""hent""#, "field `verificationMaterial.publicKey.hint` is missing"),
      (
        "vnd.in-toto+json", "vnd.slipway+json",
        "expected `dsseEnvelope.payloadType` to be `application/vnd.in-toto+json`, got `application/vnd.slipway+json`"
      ),
      (
        #""signatures":[{"#, #""signatures":[{"sig":""},{"#,
        "expected one entry in `dsseEnvelope.signatures`, got 2"
      ),
    ])
  func refusesBundles(part: String, replacement: String, message: String) {
    let bundle = Golden.upstreamBundle.replacingOccurrences(of: part, with: replacement)
    #expect(throws: ManifestError.malformed(message)) { try ManifestBundle(json: bundle.bytes) }
  }

  @Test(
    "a path that could lead elsewhere or look like another is refused",
    arguments: [
      "", "/etc/passwd", "..", "../x", "a/../b", "./a", "a/.", "a//b", "a/", "a\\b", "a\u{0}b",
      "a\nb", "é", "e\u{301}", "\u{212a}", ".git/config", ".gitattributes", ".gitignore",
      String(repeating: "a", count: 256), String(repeating: "a/", count: 512) + "a",
    ])
  func refusesPaths(path: String) {
    #expect {
      try ManifestFile(path: path, digest: Fixture.digest(""))
    } throws: { error in
      guard case .pathInvalid(let named, _)? = error as? ManifestError else { return false }
      return named.utf8.elementsEqual(path.utf8)
    }
  }

  @Test(
    "usual paths are taken",
    arguments: ["model.onnx", "a b/c-d_e.bin", ".hidden", "sub/.gitignore", "...", "a/..b", "~/x"])
  func takesPaths(path: String) throws {
    #expect(try ManifestFile(path: path, digest: Fixture.digest("")).path == path)
  }

  @Test("lists that no folder could hold are refused")
  func refusesLists() throws {
    func manifest(_ paths: [String]) throws -> ModelManifest {
      try ModelManifest(
        modelName: "m",
        files: paths.map { try ManifestFile(path: $0, digest: Fixture.digest($0)) })
    }
    #expect(throws: ManifestError.noFiles) { try manifest([]) }
    #expect(throws: ManifestError.pathTwice(path: "a")) { try manifest(["a", "b", "a"]) }
    #expect(throws: ManifestError.pathIsFileAndFolder(path: "a")) {
      try manifest(["a/b", "a-b", "a", "a.b"])
    }
    #expect(throws: ManifestError.tooManyFiles(count: 10_001)) {
      try manifest((0...10_000).map { "f\($0)" })
    }
    #expect(throws: ManifestError.self) { try ModelManifest(modelName: "", files: Fixture.files()) }
  }

  @Test("files that are missing, added or altered are named")
  func comparesFiles() throws {
    let manifest = try Fixture.manifest()
    let files = try Fixture.files()
    try manifest.verify(files: files.reversed())
    #expect(throws: ManifestError.fileMissing(path: "sub/b.bin")) {
      try manifest.verify(files: Array(files.dropLast()))
    }
    let extra = try ManifestFile(path: "z", digest: Fixture.digest(""))
    #expect(throws: ManifestError.fileUnexpected(path: "z")) {
      try manifest.verify(files: files + [extra])
    }
    let altered = try ManifestFile(path: "a.bin", digest: Fixture.digest("hellO"))
    #expect(
      throws: ManifestError.fileDiffers(
        path: "a.bin", expected: files[0].digest, actual: altered.digest)
    ) { try manifest.verify(files: [altered] + files.dropFirst()) }
  }
}
