import Foundation
import Testing

@testable import Trust

struct DeploymentVerifierTests {
  /// A change to the scene and the reason for which the approval of Bob then does not count.
  struct Disregard: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let reason: DisregardedApproval.Reason
    let change: @Sendable (inout DeploymentScene) -> Void

    init(
      _ testDescription: String, _ reason: DisregardedApproval.Reason,
      _ change: @escaping @Sendable (inout DeploymentScene) -> Void
    ) {
      self.testDescription = testDescription
      self.reason = reason
      self.change = change
    }
  }

  static let past = Fixture.now.adding(.seconds(-1))
  static let digest = Fixture.digest("report")

  static let disregards: [Disregard] = [
    Disregard("another model", .otherModel("other")) { $0.votes[1].modelName = "other" },
    Disregard("another version", .otherVersion("2")) { $0.votes[1].version = "2" },
    Disregard("another environment", .otherEnvironment("staging")) {
      $0.votes[1].environment = "staging"
    },
    Disregard("another manifest", .otherManifest(digest)) { $0.votes[1].manifestDigest = digest },
    Disregard("an evaluation that was not asked for", .otherEvaluation(digest)) {
      $0.expectedEvaluation = .exactly(nil)
      $0.votes[1].evaluation = digest
    },
    Disregard("no evaluation where one is asked for", .otherEvaluation(nil)) {
      $0.expectedEvaluation = .exactly(digest)
      $0.votes[0].evaluation = digest
    },
    Disregard("another policy bundle", .otherPolicyBundle(nil)) {
      $0.expectedPolicyBundle = .exactly(digest)
      $0.votes[0].policyBundle = digest
    },
    Disregard("expired", .expired(at: past)) { $0.votes[1].expiresAt = past },
    Disregard("expired this very moment", .expired(at: Fixture.now)) {
      $0.votes[1].expiresAt = Fixture.now
    },
    Disregard("not valid yet", .notYetValid(from: Fixture.now.adding(.seconds(61)))) {
      $0.votes[1].notBefore = Fixture.now.adding(.seconds(61))
    },
    Disregard("an unknown key", .unknownKey) { $0.votes[1].key = 99 },
    Disregard("a revoked key", .revokedKey(person: "bob")) {
      $0.people[2].keys[0].isRevoked = true
    },
    Disregard("an expired key", .expiredKey(person: "bob", at: Fixture.now)) {
      $0.people[2].keys[0].expiresAt = Fixture.now.description
    },
    Disregard("a person who is no approver", .notAnApprover(person: "bob")) {
      $0.people[2].roles = ["pusher"]
    },
    Disregard("the pusher", .approverIsPusher(person: "pat")) { $0.votes[1].key = 1 },
    Disregard("the pusher by another key of the same person", .approverIsPusher(person: "pat")) {
      $0.people[0].keys.append(DeploymentScene.Person.Key(11))
      $0.votes[1].key = 11
    },
    Disregard("the same person again", .personTwice(person: "ann")) { $0.votes[1].key = 2 },
    Disregard("the same person by another key", .personTwice(person: "ann")) {
      $0.votes[1].key = 12
    },
  ]

  @Test("a version pushed by one person and approved by two others may be loaded")
  func allows() throws {
    let verified = try DeploymentScene().verify()
    #expect(verified.pusher == "pat")
    #expect(verified.approvers == ["ann", "bob"])
    #expect(verified.agreed == AgreedDigests(evaluation: nil, policyBundle: nil))
    #expect(verified.manifest == (try Fixture.manifest()))
    #expect(verified.warnings.isEmpty)
    #expect(verified.disregarded.isEmpty)
  }

  @Test(
    "an approval that does not count is not counted, and the refusal says why",
    arguments: disregards)
  func disregardsOne(_ disregard: Disregard) throws {
    var scene = DeploymentScene()
    disregard.change(&scene)
    let key = try Fixture.key(scene.votes[1].key).verifyingKey.identifier.description
    let expected = DisregardedApproval(
      approvalIndex: 1, keyIdentifier: key, reason: disregard.reason)
    #expect(
      throws: DeploymentRefusal.notEnoughApprovers(
        required: 2, counted: ["ann"], disregarded: [expected])
    ) { try scene.verify() }
  }

  @Test("an approval that does not count does not spoil those that do", arguments: disregards)
  func junkDoesNotBlock(_ disregard: Disregard) throws {
    var scene = DeploymentScene()
    disregard.change(&scene)
    var cay = scene.votes[0]
    cay.key = 4
    scene.votes.append(cay)
    let verified = try scene.verify()
    #expect(verified.approvers == ["ann", "cay"])
    #expect(verified.disregarded.map(\.reason) == [disregard.reason])
  }

  @Test("two people may sign one statement")
  func countsCoSigners() throws {
    var scene = DeploymentScene()
    scene.votes = [DeploymentScene.Vote(2)]
    scene.votes[0].coSigner = 3
    #expect(try scene.verify().approvers == ["ann", "bob"])
  }

  @Test("a signature under another person's key name does not count")
  func refusesForgedKeyNames() throws {
    let scene = DeploymentScene()
    let manifest = try Fixture.manifest()
    let bundle = try ManifestBundle(signing: manifest, with: Fixture.key(1)).jsonBytes()
    let approvals = try scene.approvals(manifest)
    let (ann, bob) = try (Fixture.key(2), Fixture.key(3))
    // Ann's own signature, presented as Bob's.
    let forged = String(decoding: approvals[0].jsonBytes(), as: UTF8.self).replacingOccurrences(
      of: ann.verifyingKey.identifier.description, with: bob.verifyingKey.identifier.description)
    let refusal = #expect(throws: DeploymentRefusal.self) {
      try scene.verify(bundle: bundle, approvals: [approvals[0], Approval(json: forged.bytes)])
    }
    guard case .notEnoughApprovers(2, ["ann"], let disregarded) = refusal else {
      Issue.record("unexpected \(String(describing: refusal))")
      return
    }
    #expect(disregarded.map(\.reason) == [.badSignature(person: "bob")])
  }

  @Test("any changed byte of an approval's statement ends its count or its reading")
  func refusesEveryChangedByte() throws {
    let scene = DeploymentScene()
    let manifest = try Fixture.manifest()
    let bundle = try ManifestBundle(signing: manifest, with: Fixture.key(1)).jsonBytes()
    let approvals = try scene.approvals(manifest)
    let payload = approvals[1].statement.payload
    let json = String(decoding: approvals[1].jsonBytes(), as: UTF8.self)
    for index in payload.indices {
      var changed = payload
      changed[index] ^= 1
      let forged = json.replacingOccurrences(
        of: Base64.encode(payload), with: Base64.encode(changed))
      #expect(throws: (any Error).self, "byte \(index)") {
        try scene.verify(
          bundle: bundle, approvals: [approvals[0], Approval(json: forged.bytes)])
      }
    }
  }

  @Test("approvers who had different evaluations before them do not agree")
  func refusesDisagreement() throws {
    var scene = DeploymentScene()
    scene.votes[1].evaluation = Self.digest
    let none = AgreedDigests(evaluation: nil, policyBundle: nil)
    let some = AgreedDigests(evaluation: Self.digest, policyBundle: nil)
    #expect(
      throws: DeploymentRefusal.approversDisagree(
        required: 2, [none: ["ann"], some: ["bob"]])
    ) { try scene.verify() }
    // A third vote decides; what they agreed on is told.
    scene.votes.append(DeploymentScene.Vote(4))
    scene.votes[2].evaluation = Self.digest
    #expect(try scene.verify().agreed == some)
    #expect(try scene.verify().approvers == ["bob", "cay"])
  }

  @Test("a manifest that fails is refused before any approval is read")
  func refusesManifests() throws {
    var scene = DeploymentScene()
    scene.expectedName = "other"
    #expect(
      throws: DeploymentRefusal.modelNameDiffers(expected: "other", manifest: "demo")
    ) { try scene.verify() }

    scene = DeploymentScene()
    scene.pusherKey = 99
    let hint = try Fixture.key(99).verifyingKey.manifestHint
    #expect(throws: DeploymentRefusal.pusherUnknown(hint: hint)) { try scene.verify() }

    scene = DeploymentScene()
    scene.people[0].keys[0].isRevoked = true
    let key = try Fixture.key(1).verifyingKey.identifier
    #expect(throws: DeploymentRefusal.pusherKeyRevoked(person: "pat", key: key)) {
      try scene.verify()
    }

    scene = DeploymentScene()
    scene.people[0].keys[0].expiresAt = Self.past.description
    #expect(
      throws: DeploymentRefusal.pusherKeyExpired(person: "pat", key: key, at: Self.past)
    ) { try scene.verify() }

    scene = DeploymentScene()
    scene.people[0].roles = ["approver"]
    #expect(throws: DeploymentRefusal.pusherLacksRole(person: "pat")) { try scene.verify() }

    #expect(throws: DeploymentRefusal.self) {
      try DeploymentScene().verify(bundle: [], approvals: [])
    }
  }

  @Test("a file that differs from the manifest is named")
  func refusesFiles() throws {
    let files = try [("a.bin", "hello"), ("b.bin", "x")].map {
      try ManifestFile(path: $0.0, digest: Fixture.digest($0.1))
    }
    let manifest = try ModelManifest(modelName: "demo", files: files)
    let bundle = try ManifestBundle(signing: manifest, with: Fixture.key(1)).jsonBytes()
    #expect(throws: DeploymentRefusal.manifest(.fileMissing(path: "b.bin"))) {
      try DeploymentScene().verify(
        bundle: bundle, approvals: DeploymentScene().approvals(manifest))
    }
  }

  @Test("an environment may ask for more approvers")
  func asksForMore() throws {
    let text = String(
      decoding: try JSONParser.parse(
        #"{"version":1,"environments":{"production":{"approversRequired":3}},"people":[]}"#.bytes,
        lengthMaxBytes: 1000
      ).compactBytes(), as: UTF8.self)
    #expect(try TrustFile(json: text.bytes).approversRequired(in: "production") == 3)
  }

  @Test("more approvals than anyone needs are refused unread")
  func limitsApprovals() throws {
    var scene = DeploymentScene()
    scene.votes = Array(repeating: DeploymentScene.Vote(2), count: 65)
    #expect(throws: DeploymentRefusal.tooManyApprovals(count: 65)) { try scene.verify() }
  }

  @Test(
    "a warning comes 14 days before the last load, counted from the second-longest approval",
    arguments: [(14, true), (15, false), (1, true)])
  func warns(days: Int, warned: Bool) throws {
    var scene = DeploymentScene()
    let soon = Fixture.now.adding(.seconds(days * 86_400))
    scene.votes[1].expiresAt = soon
    let verified = try scene.verify()
    #expect(verified.expiresAt == soon)
    #expect(verified.warnings == (warned ? [.expiresSoon(at: soon)] : []))
    // A third, longer approval takes its place.
    scene.votes.append(DeploymentScene.Vote(4))
    #expect(try scene.verify().warnings.isEmpty)
  }

  @Test("the expiry of a key ends its approvals too")
  func keyExpiryCounts() throws {
    var scene = DeploymentScene()
    let soon = Fixture.now.adding(.seconds(3600))
    scene.people[1].keys[0].expiresAt = soon.description
    #expect(try scene.verify().expiresAt == soon)
  }

  @Test("a refusal tells people what was expected and what each signature lacks")
  func explains() throws {
    var scene = DeploymentScene()
    scene.votes[1].version = "2"
    let refusal = #expect(throws: DeploymentRefusal.self) { try scene.verify() }
    let key = try Fixture.key(3).verifyingKey.identifier.short
    #expect(
      refusal?.description
        == "expected approvals of 2 people, got 1 (`ann`); approval 2 (key `\(key)`) is for version `2`"
    )
  }
}
