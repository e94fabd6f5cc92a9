import Contracts
import InferenceWorkerCore
import Testing
import Trust

@Suite struct ModelVerifierTests {
  private func verify(
    _ evidence: Registry.Evidence, model: String = "demo", version: UInt32 = 3,
    environment: String = "production"
  ) throws -> VerifiedVersion {
    try ModelVerifier(trust: SignedVersion.trust()).verify(
      evidence, model: model, version: version, environment: environment, now: SignedVersion.now)
  }

  @Test func `what two people approved may be loaded`() throws {
    let version = try SignedVersion()
    let verified = try verify(version.evidence())
    #expect(verified.deployment.approvers == ["ann", "bob"])
    #expect(Set(verified.files.map(\.path)) == Set(version.files.keys))
  }

  @Test func `junk among the approvals does not keep the good ones from counting`() throws {
    var evidence = try SignedVersion().evidence()
    evidence.approvals = [Array("junk".utf8), []] + evidence.approvals
    #expect(throws: Never.self) { try verify(evidence) }
  }

  @Test func `a registry can't change what was signed`() throws {
    let evidence = try SignedVersion().evidence()
    var altered = evidence
    altered.files[0].sha256 = ContentDigest(of: [1]).bytes
    #expect(throws: LoadError.self) { try verify(altered) }
    altered = evidence
    altered.files.removeLast()
    #expect(throws: LoadError.self) { try verify(altered) }
    altered = evidence
    altered.files.append(.init(path: "more.bin", byteCount: 1, sha256: evidence.files[0].sha256))
    #expect(throws: LoadError.self) { try verify(altered) }
    altered = evidence
    altered.files[0].path = "../escape"
    #expect(throws: LoadError.self) { try verify(altered) }
    altered = evidence
    altered.files[0].byteCount = ArtifactCache.fileBytesMax + 1
    #expect(throws: LoadError.self) { try verify(altered) }
  }

  @Test func `another name, version or environment than was approved is refused`() throws {
    let evidence = try SignedVersion().evidence()
    #expect(throws: LoadError.self) { try verify(evidence, model: "other") }
    #expect(throws: LoadError.self) { try verify(evidence, version: 4) }
    #expect(throws: LoadError.self) { try verify(evidence, environment: "staging") }
  }

  @Test(arguments: [[2], [2, 4], [2, 2], [2, 1]] as [[UInt8]])
  func `fewer than two distinct trusted approvers are refused`(approvers: [UInt8]) throws {
    var version = try SignedVersion()
    version.approvers = approvers
    let evidence = try version.evidence()
    let error = #expect(throws: LoadError.self) { try verify(evidence) }
    #expect(error?.description.contains("expected approvals of 2 people") == true)
  }
}
