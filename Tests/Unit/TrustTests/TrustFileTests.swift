import Foundation
import Testing

@testable import Trust

struct TrustFileTests {
  private static func line(_ number: UInt8) throws -> String {
    try Fixture.key(number, "key \(number)").verifyingKey.description
  }

  private static func text() throws -> String {
    """
    {
      "version": 1,
      "environments": { "production": { "approversRequired": 3 }, "staging": {} },
      "people": [
        { "person": "alice", "roles": ["pusher", "approver"], "keys": [
          { "key": "\(try line(1))", "expiresAt": "2027-11-23T00:00:00Z" },
          { "key": "\(try line(2))", "revoked": true } ] },
        { "person": "bob", "roles": ["approver"], "keys": [ { "key": "\(try line(3))" } ] }
      ]
    }
    """
  }

  @Test("a trust file says whose keys are whose and how many approvers it takes")
  func reads() throws {
    let trust = try TrustFile(json: Self.text().bytes)
    #expect(trust.keys.count == 3)
    let first = try Fixture.key(1).verifyingKey
    let found = try #require(trust.key(identifier: first.identifier.description))
    #expect(found.person == "alice")
    #expect(found.roles == [.pusher, .approver])
    #expect(found.expiresAt == Timestamp("2027-11-23T00:00:00Z"))
    #expect(trust.key(manifestHint: first.manifestHint) == found)
    let second = try Fixture.key(2).verifyingKey
    #expect(trust.key(identifier: second.identifier.description)?.isRevoked == true)
    #expect(trust.key(identifier: "unknown") == nil)
    #expect(trust.approversRequired(in: "production") == 3)
    #expect(trust.approversRequired(in: "staging") == 2)
    #expect(trust.approversRequired(in: "elsewhere") == 2)
  }

  @Test(
    "what is unknown, missing or twice is refused by name",
    arguments: [
      (#""version": 1,"#, "", "field `version` is missing"),
      (#""version": 1,"#, #""version": 2,"#, "expected `version` to be 1"),
      (
        #""version": 1,"#, #""version": 1, "aproversRequired": 3,"#,
        "unknown field `aproversRequired`: expected only `version`, `approversRequired`, `environments`, `people`"
      ),
      (
        #""version": 1,"#, #""version": 1, "approversRequired": 0,"#,
        "expected `approversRequired` to be 1 to 16, got 0"
      ),
      (
        #""approversRequired": 3 }"#, #""approversRequired": 17 }"#,
        "expected `environments.production.approversRequired` to be 1 to 16, got 17"
      ),
      (
        #""revoked": true"#, #""revokd": true"#,
        "unknown field `people[0].keys[1].revokd`: expected only `key`, `expiresAt`, `revoked`"
      ),
      (
        #""revoked": true"#, #""revoked": "yes""#,
        "expected `people[0].keys[1].revoked` to be true or false, got a string"
      ),
      (
        "2027-11-23T00:00:00Z", "2027-11-23",
        "expected `people[0].keys[0].expiresAt` to be a time like `2026-11-23T03:41:26Z`, got `2027-11-23`"
      ),
      (
        #"["approver"]"#, #"["aprover"]"#,
        "expected `people[1].roles` to hold `pusher` or `approver`, got `aprover`"
      ),
      (
        #""person": "bob""#, #""person": "alice""#,
        "expected each person once, `alice` occurs twice"
      ),
      (
        #""person": "bob""#, #""person": "b b""#,
        "`people[1].person` must begin with a letter or a digit and hold only ASCII letters, digits and `._-/@+:`, got `b b`"
      ),
      (
        "slipway-ed25519-p256", "ssh-ed25519",
        "`people[0].keys[0].key`: expected a public key like `slipway-ed25519-p256 BASE64 comment`"
      ),
    ])
  func refuses(part: String, replacement: String, message: String) throws {
    let text = try Self.text().replacingOccurrences(of: part, with: replacement)
    #expect(throws: TrustFileError.malformed(message)) { try TrustFile(json: text.bytes) }
  }

  @Test("a key that occurs twice is refused, so that it never belongs to two people")
  func refusesSharedKeys() throws {
    let text = try Self.text().replacingOccurrences(of: Self.line(3), with: Self.line(1))
    #expect(
      throws: TrustFileError.malformed("expected every key to occur once, one occurs twice")
    ) { try TrustFile(json: text.bytes) }
  }

  @Test("a trust file that others may write is refused with the command that mends it")
  func refusesWritableFiles() throws {
    try Fixture.withFolder { folder in
      let path = folder + "/trust.json"
      try Data(Self.text().utf8).write(to: URL(fileURLWithPath: path))
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
      #expect(try TrustFile.load(from: path).keys.count == 3)
      try FileManager.default.setAttributes([.posixPermissions: 0o664], ofItemAtPath: path)
      let error = #expect(throws: TrustFileError.self) { try TrustFile.load(from: path) }
      #expect(error == .key(.fileWritableByOthers(path: path, mode: "0664")))
      #expect(error?.description.contains("chmod go-w \(path)") == true)
    }
  }
}
