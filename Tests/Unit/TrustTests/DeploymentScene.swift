@testable import Trust

/// A deployment that is allowed, with every part open to change.
///
/// Pat (key 1) pushed `demo` version 3; Ann (key 2, and key 12), Bob (key 3) and Cay (key 4) approve.
struct DeploymentScene {
  var people = [
    Person("pat", ["pusher", "approver"], keys: [Person.Key(1)]),
    Person("ann", ["approver"], keys: [Person.Key(2), Person.Key(12)]),
    Person("bob", ["approver"], keys: [Person.Key(3)]),
    Person("cay", ["approver"], keys: [Person.Key(4)]),
  ]
  var pusherKey: UInt8 = 1
  var manifestName = "demo"
  var expectedName = "demo"
  var expectedVersion = "3"
  var expectedEnvironment = "production"
  var expectedEvaluation = DeploymentExpectation.Digest.asApproved
  var expectedPolicyBundle = DeploymentExpectation.Digest.asApproved
  var votes = [Vote(2), Vote(3)]
  var now = Fixture.now

  struct Person {
    struct Key {
      var number: UInt8
      var expiresAt: String?
      var isRevoked = false

      init(_ number: UInt8) {
        self.number = number
      }
    }

    var name: String
    var roles: [String]
    var keys: [Key]

    init(_ name: String, _ roles: [String], keys: [Key]) {
      self.name = name
      self.roles = roles
      self.keys = keys
    }
  }

  /// One approval, by one key unless `coSigner` names another.
  struct Vote {
    var key: UInt8
    var coSigner: UInt8?
    var modelName = "demo"
    var version = "3"
    var environment = "production"
    var manifestDigest: ContentDigest?
    var evaluation: ContentDigest?
    var policyBundle: ContentDigest?
    var issuedAt = Fixture.now.adding(.seconds(-86_400))
    var notBefore: Timestamp?
    var expiresAt: Timestamp?

    init(_ key: UInt8) {
      self.key = key
    }
  }

  func verify() throws -> VerifiedDeployment {
    let manifest = try ModelManifest(modelName: manifestName, files: Fixture.files())
    let bundle = try ManifestBundle(signing: manifest, with: Fixture.key(pusherKey))
    return try verify(bundle: bundle.jsonBytes(), approvals: approvals(manifest))
  }

  func verify(bundle: [UInt8], approvals: [Approval]) throws -> VerifiedDeployment {
    let expectation = DeploymentExpectation(
      modelName: expectedName, version: expectedVersion, environment: expectedEnvironment,
      evaluation: expectedEvaluation, policyBundle: expectedPolicyBundle,
      files: try Fixture.files())
    return try DeploymentVerifier(trust: trust()).verify(
      bundle: bundle, approvals: approvals, expectation: expectation, now: now)
  }

  func approvals(_ manifest: ModelManifest) throws -> [Approval] {
    try votes.map { vote in
      let statement = try ApprovalStatement(
        modelName: vote.modelName, version: vote.version,
        manifestDigest: vote.manifestDigest ?? manifest.digest,
        evaluationDigest: vote.evaluation, policyBundleDigest: vote.policyBundle,
        environment: vote.environment, issuedAt: vote.issuedAt, notBefore: vote.notBefore,
        expiresAt: vote.expiresAt)
      let approval = try Approval(signing: statement, with: Fixture.key(vote.key))
      guard let coSigner = vote.coSigner else { return approval }
      return try approval.signed(with: Fixture.key(coSigner))
    }
  }

  func trust() throws -> TrustFile {
    let people: [JSONValue] = try people.map { person in
      .object([
        "person": .string(person.name),
        "roles": .array(person.roles.map { .string($0) }),
        "keys": .array(
          try person.keys.map { key in
            var members = [
              JSONMember(
                name: "key",
                value: .string(try Fixture.key(key.number).verifyingKey.description)),
              JSONMember(name: "revoked", value: .boolean(key.isRevoked)),
            ]
            if let expiresAt = key.expiresAt {
              members.append(JSONMember(name: "expiresAt", value: .string(expiresAt)))
            }
            return .object(members)
          }),
      ])
    }
    let value: JSONValue = .object(["version": .integer(1), "people": .array(people)])
    return try TrustFile(json: value.compactBytes())
  }
}
