import Foundation
import Testing

@testable import Trust

struct ApprovalTests {
  private static let payload =
    #"{"environment":"production","evaluationDigest":null,"expiresAt":"2027-11-23T03:41:26Z","#
    + #""issuedAt":"2026-11-23T03:41:26Z","manifestDigest":"sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","#
    + #""model":"demo","notBefore":"2026-11-23T03:41:26Z","#
    + #""policyBundleDigest":"sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","version":"3"}"#

  private static func statement() throws -> ApprovalStatement {
    try ApprovalStatement(
      modelName: "demo", version: "3", manifestDigest: Fixture.digest("test"),
      evaluationDigest: nil, policyBundleDigest: Fixture.digest("test"),
      environment: "production", issuedAt: Fixture.now.adding(.milliseconds(7)))
  }

  @Test("a statement is signed as these bytes and lasts 365 days unless told otherwise")
  func writesGoldenPayload() throws {
    let statement = try Self.statement()
    #expect(String(decoding: statement.payload, as: UTF8.self) == Self.payload)
    #expect(try ApprovalStatement(payload: statement.payload) == statement)
  }

  @Test("an approval comes back from its JSON with all its signatures")
  func roundTrips() throws {
    let approval = try Approval(signing: Self.statement(), with: Fixture.key(1))
      .signed(with: Fixture.key(2))
    let read = try Approval(json: approval.jsonBytes())
    #expect(read == approval)
    #expect(
      read.claimedKeyIdentifiers
        == (try [1, 2].map { try Fixture.key($0).verifyingKey.identifier.description }))
  }

  @Test(
    "another spelling of a statement, an unknown field or a wrong value is refused",
    arguments: [
      (#"{"environment""#, #"{ "environment""#),
      (#""version":"3""#, #""version":"3","zeal":1"#),
      (#""version":"3""#, #""version":3"#),
      (#""version":"3""#, #""version":"3 ""#),
      (#""evaluationDigest":null,"#, ""),
      (#""evaluationDigest":null"#, #""evaluationDigest":"sha256:00""#),
      (#""model":"demo""#, #""model":"demo\u0000""#),
      ("26Z\",\"issuedAt", "26.5Z\",\"issuedAt"),
      ("2027-11-23", "2026-11-23"), ("2027-11-23", "2028-11-23"), ("2027-11-23", "2026-11-22"),
    ])
  func refusesPayloads(part: String, replacement: String) {
    let payload = Self.payload.replacingOccurrences(of: part, with: replacement)
    #expect(payload != Self.payload)
    #expect(throws: ApprovalError.self) { try ApprovalStatement(payload: payload.bytes) }
  }

  @Test("an envelope of another payload type is no approval")
  func separatesDomains() throws {
    var envelope = SignedEnvelope(
      payloadType: ModelManifest.payloadType, payload: try Self.statement().payload)
    try envelope.sign(with: Fixture.key(1))
    #expect(
      throws: ApprovalError.malformed(
        "expected `payloadType` to be `application/vnd.slipway.approval.v1+json`, got `application/vnd.in-toto+json`"
      )
    ) { try Approval(json: envelope.jsonBytes()) }
  }

  @Test("a statement may last two years and no longer")
  func limitsValidity() throws {
    func make(_ duration: Duration) throws -> ApprovalStatement {
      try ApprovalStatement(
        modelName: "m", version: "1", manifestDigest: Fixture.digest(""), evaluationDigest: nil,
        policyBundleDigest: nil, environment: "e", issuedAt: Fixture.now,
        expiresAt: Fixture.now.adding(duration))
    }
    #expect(try make(ApprovalStatement.validityMax).expiresAt > Fixture.now)
    #expect(throws: ApprovalError.self) { try make(ApprovalStatement.validityMax + .seconds(1)) }
    #expect(throws: ApprovalError.self) { try make(.zero) }
  }
}
