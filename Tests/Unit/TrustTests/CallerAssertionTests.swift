import Testing

@testable import Trust

struct CallerAssertionTests {
  private static func gateway() throws -> ServiceIdentity {
    ServiceIdentity(role: .gateway, key: try Fixture.key(1))
  }

  private static func trust() throws -> ServiceTrust {
    try ServiceTrust([
      .gateway: [Fixture.key(1).verifyingKey], .registry: [Fixture.key(2).verifyingKey],
    ])
  }

  private static func assertion(models: [String]? = ["demo"]) throws -> CallerAssertion {
    try CallerAssertion(
      audience: .registry, principal: "alice@example.com", roles: ["deployer", "developer"],
      models: models, issuedAt: Fixture.now)
  }

  private static func verify(
    _ bytes: [UInt8], audience: ServiceRole = .registry, at now: Timestamp = Fixture.now
  ) throws -> CallerAssertion {
    try CallerAssertion.verify(bytes, audience: audience, trust: trust(), now: now)
  }

  @Test(
    "what a gateway says about a caller arrives as it was said", arguments: [nil, [], ["demo"]])
  func roundTrips(models: [String]?) throws {
    let assertion = try Self.assertion(models: models)
    #expect(try Self.verify(assertion.sign(with: Self.gateway())) == assertion)
  }

  @Test("no byte may change")
  func refusesEveryChangedByte() throws {
    let bytes = try Self.assertion().sign(with: Self.gateway())
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1
      #expect(throws: AssertionError.self, "byte \(index)") { try Self.verify(changed) }
    }
    for length in 0..<bytes.count {
      #expect(throws: AssertionError.self) { try Self.verify(Array(bytes.prefix(length))) }
    }
  }

  @Test("an assertion is for one service and for a minute")
  func limitsUse() throws {
    let bytes = try Self.assertion().sign(with: Self.gateway())
    #expect(throws: AssertionError.otherAudience(expected: .monitor, audience: .registry)) {
      try Self.verify(bytes, audience: .monitor)
    }
    let end = Fixture.now.adding(.seconds(60))
    #expect(try Self.verify(bytes, at: end.adding(.milliseconds(-1))).expiresAt == end)
    #expect(throws: AssertionError.expired(at: end)) { try Self.verify(bytes, at: end) }
    #expect(try Self.verify(bytes, at: Fixture.now.adding(.seconds(-5))).issuedAt == Fixture.now)
    #expect(throws: AssertionError.notYetValid(issuedAt: Fixture.now)) {
      try Self.verify(bytes, at: Fixture.now.adding(.milliseconds(-5001)))
    }
  }

  @Test("only a gateway may sign one")
  func refusesOtherSigners() throws {
    let registry = ServiceIdentity(role: .registry, key: try Fixture.key(2))
    #expect(throws: AssertionError.signerIsNotGateway(.registry)) {
      try Self.assertion().sign(with: registry)
    }
    let posing = ServiceIdentity(role: .gateway, key: try Fixture.key(2))
    let bytes = try Self.assertion().sign(with: posing)
    #expect(throws: AssertionError.badSignature) { try Self.verify(bytes) }
  }

  @Test("what must not be asserted can't be made")
  func refusesToMake() throws {
    func make(
      audience: ServiceRole = .registry, principal: String = "p", roles: [String] = [],
      models: [String]? = nil, lifetime: Duration = .seconds(60)
    ) throws -> CallerAssertion {
      try CallerAssertion(
        audience: audience, principal: principal, roles: roles, models: models,
        issuedAt: Fixture.now, lifetime: lifetime)
    }
    #expect(throws: AssertionError.audienceIsWorker) { try make(audience: .inferenceWorker) }
    #expect(throws: AssertionError.self) { try make(lifetime: .milliseconds(60_001)) }
    #expect(throws: AssertionError.self) { try make(lifetime: .zero) }
    #expect(throws: AssertionError.self) { try make(principal: "") }
    #expect(throws: AssertionError.tooMany(field: "roles", count: 17, max: 16)) {
      try make(roles: (0..<17).map { "r\($0)" })
    }
    #expect(throws: AssertionError.tooMany(field: "models", count: 257, max: 256)) {
      try make(models: (0..<257).map { "m\($0)" })
    }
    let longest = String(repeating: "m", count: Name.lengthMaxBytes)
    let full = try make(
      roles: Array(repeating: longest, count: 16), models: Array(repeating: longest, count: 256))
    #expect(try full.sign(with: Self.gateway()).count <= CallerAssertion.lengthMaxBytes)
  }
}
