import Contracts
import Foundation
import InferenceWorkerCore
import Synchronization
import Trust

/// A version `demo` 3 that Pat pushed and Ann and Bob approved, with every part open to change.
struct SignedVersion {
  static let now = Timestamp(millisecondsSinceEpoch: 1_795_405_286_000)

  var files: [String: [UInt8]]
  var approvers: [UInt8] = [2, 3]
  var approvedVersion = "3"
  var approvedEnvironment = "production"

  init(files: [String: [UInt8]]? = nil) throws {
    self.files =
      try files ?? [
        "model.fake": Array("weights".utf8), "card.yaml": Array("name: demo\n".utf8),
        "signature.json": [UInt8](try FakeModel.identity.fileContents()),
      ]
  }

  static func key(_ number: UInt8) throws -> SigningKey {
    let half = [UInt8](repeating: number, count: 32)
    return try SigningKey(seed: half, scalar: half, comment: "key \(number)")
  }

  /// Pat (key 1) pushes, Ann (2) and Bob (3) approve; key 4 is nobody's.
  static func trust() throws -> TrustFile {
    let people = try [("pat", "pusher", 1), ("ann", "approver", 2), ("bob", "approver", 3)].map {
      name, role, number in
      let key = try SignedVersion.key(UInt8(number)).verifyingKey.description
      return #"{"person":"\#(name)","roles":["\#(role)"],"keys":[{"key":"\#(key)"}]}"#
    }
    let json = #"{"version":1,"people":[\#(people.joined(separator: ","))]}"#
    return try TrustFile(json: Array(json.utf8))
  }

  var entries: [Registry.FileEntry] {
    files.sorted { $0.key < $1.key }.map { path, content in
      Registry.FileEntry(
        path: path, byteCount: UInt64(content.count), sha256: ContentDigest(of: content).bytes)
    }
  }

  func evidence() throws -> Registry.Evidence {
    let manifest = try ModelManifest(
      modelName: "demo",
      files: try files.map { try ManifestFile(path: $0.key, digest: ContentDigest(of: $0.value)) })
    let bundle = try ManifestBundle(signing: manifest, with: Self.key(1))
    let approvals = try approvers.map { number in
      let statement = try ApprovalStatement(
        modelName: "demo", version: approvedVersion, manifestDigest: manifest.digest,
        evaluationDigest: nil, policyBundleDigest: nil, environment: approvedEnvironment,
        issuedAt: Self.now.adding(.seconds(-86_400)))
      return try Approval(signing: statement, with: Self.key(number)).jsonBytes()
    }
    return Registry.Evidence(
      model: "demo", version: 3, manifestBundle: bundle.jsonBytes(), approvals: approvals,
      files: entries)
  }

  /// A registry that has it.
  func registry() throws -> FakeRegistry {
    let registry = FakeRegistry()
    let evidence = try evidence()
    registry.state.withLock { state in
      state.evidence = evidence
      for content in files.values { state.contents[ContentDigest(of: content).bytes] = content }
    }
    return registry
  }

  func verified() throws -> VerifiedVersion {
    try ModelVerifier(trust: Self.trust()).verify(
      evidence(), model: "demo", version: 3, environment: "production", now: Self.now)
  }
}

/// Runs `body` with the path of an empty folder that is removed afterwards.
func withTemporaryFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
  let path = FileManager.default.temporaryDirectory
    .appendingPathComponent("slipway-worker-\(UUID().uuidString)").path
  try FileManager.default.createDirectory(
    atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try await body(path)
}
