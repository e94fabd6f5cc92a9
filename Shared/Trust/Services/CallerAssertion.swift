/// On whose behalf a gateway calls another service: sent once per connection, verified once, its
/// expiry looked at on each call.
///
/// On the wire: one byte 1, the canonical JSON of the fields, the 64 bytes of the gateway's Ed25519
/// signature over DSSE's pre-authentication encoding of `payloadType` and that JSON.
package struct CallerAssertion: Hashable, Sendable {
  package static let payloadType = "application/vnd.slipway.caller-assertion.v1+json"
  package static let lifetimeMax: Duration = .seconds(60)
  /// How far the gateway's clock may be ahead of ours.
  package static let clockSkewMax: Duration = .seconds(5)
  package static let rolesMax = 16
  package static let modelsMax = 256
  /// A full list of the longest names, with room for the rest.
  package static let lengthMaxBytes = 56 << 10
  private static let formatVersion: UInt8 = 1
  private static let signatureLength = 64

  /// 16 random bytes in hexadecimal; names the assertion in logs.
  package let identifier: String
  /// The one service that may believe it.
  package let audience: ServiceRole
  package let principal: String
  package let roles: [String]
  /// The models that the principal may call; nil for all.
  package let models: [String]?
  package let issuedAt: Timestamp
  package let expiresAt: Timestamp

  /// - Parameter lifetime: at most `lifetimeMax`.
  package init(
    audience: ServiceRole, principal: String, roles: [String], models: [String]?,
    issuedAt: Timestamp, lifetime: Duration = CallerAssertion.lifetimeMax
  ) throws(AssertionError) {
    try self.init(
      identifier: Hexadecimal.encode(randomBytes(16)), audience: audience, principal: principal,
      roles: roles, models: models, issuedAt: issuedAt, expiresAt: issuedAt.adding(lifetime))
  }

  private init(
    identifier: String, audience: ServiceRole, principal: String, roles: [String],
    models: [String]?, issuedAt: Timestamp, expiresAt: Timestamp
  ) throws(AssertionError) {
    guard audience != .inferenceWorker else { throw .audienceIsWorker }
    guard roles.count <= Self.rolesMax else {
      throw .tooMany(field: "roles", count: roles.count, max: Self.rolesMax)
    }
    guard (models ?? []).count <= Self.modelsMax else {
      throw .tooMany(field: "models", count: (models ?? []).count, max: Self.modelsMax)
    }
    for (field, name) in [("identifier", identifier), ("principal", principal)]
      + roles.map({ ("role", $0) }) + (models ?? []).map({ ("model", $0) })
    {
      if let fault = Name.fault(name) {
        throw .nameInvalid(field: field, name: name, fault: fault)
      }
    }
    guard issuedAt < expiresAt, expiresAt.since(issuedAt) <= Self.lifetimeMax else {
      throw .lifetimeInvalid(issuedAt: issuedAt, expiresAt: expiresAt)
    }
    self.identifier = identifier
    self.audience = audience
    self.principal = principal
    self.roles = roles
    self.models = models
    self.issuedAt = issuedAt
    self.expiresAt = expiresAt
  }

  /// The assertion's bytes for the wire, signed by a gateway.
  package func sign(with identity: ServiceIdentity) throws(AssertionError) -> [UInt8] {
    guard identity.role == .gateway else { throw .signerIsNotGateway(identity.role) }
    let payload = payload
    do {
      let signature = try identity.key.signature(over: Self.signedBytes(payload))
      return [Self.formatVersion] + payload + signature
    } catch {
      throw .key(error)
    }
  }

  /// The assertion that `bytes` hold, if a gateway of `trust` signed it for `audience` and it is
  /// valid now.
  package static func verify(
    _ bytes: [UInt8], audience: ServiceRole, trust: ServiceTrust, now: Timestamp
  ) throws(AssertionError) -> CallerAssertion {
    guard bytes.count > 1 + signatureLength, bytes.count <= lengthMaxBytes,
      bytes.first == formatVersion
    else {
      throw .malformed(
        "expected format \(formatVersion) and \(signatureLength + 2) to \(lengthMaxBytes) bytes")
    }
    let payload = Array(bytes[1..<(bytes.count - signatureLength)])
    let signature = Array(bytes.suffix(signatureLength))
    guard trust.isValid(signature: signature, over: signedBytes(payload), by: .gateway) else {
      throw .badSignature
    }
    let assertion = try parse(payload)
    guard assertion.audience == audience else {
      throw .otherAudience(expected: audience, audience: assertion.audience)
    }
    guard assertion.issuedAt <= now.adding(clockSkewMax) else {
      throw .notYetValid(issuedAt: assertion.issuedAt)
    }
    try assertion.checkExpiry(now: now)
    return assertion
  }

  /// The look at the clock that each call makes.
  package func checkExpiry(now: Timestamp) throws(AssertionError) {
    guard now < expiresAt else { throw .expired(at: expiresAt) }
  }

  private var payload: [UInt8] {
    JSONValue.object([
      "id": .string(identifier),
      "audience": .string(audience.rawValue),
      "principal": .string(principal),
      "roles": .array(roles.map { .string($0) }),
      "models": models.map { .array($0.map { .string($0) }) } ?? .null,
      "issuedAtMilliseconds": .integer(issuedAt.millisecondsSinceEpoch),
      "expiresAtMilliseconds": .integer(expiresAt.millisecondsSinceEpoch),
    ]).canonicalBytes()
  }

  private static func signedBytes(_ payload: [UInt8]) -> [UInt8] {
    SignedEnvelope.preAuthenticationEncoding(type: payloadType, body: payload)
  }

  private static func parse(_ payload: [UInt8]) throws(AssertionError) -> CallerAssertion {
    let assertion: CallerAssertion
    do {
      assertion = try read(JSONParser.parse(payload, lengthMaxBytes: lengthMaxBytes))
    } catch let error as AssertionError {
      throw error
    } catch let error as JSONError {
      throw .malformed(error.message)
    } catch {
      throw .malformed("\(error)")
    }
    guard assertion.payload == payload else { throw .malformed("expected canonical JSON") }
    return assertion
  }

  private static func read(_ value: JSONValue) throws -> CallerAssertion {
    let reader = try JSONReader(
      value,
      fields: [
        "id", "audience", "principal", "roles", "models", "issuedAtMilliseconds",
        "expiresAtMilliseconds",
      ])
    let audience = try reader.string("audience")
    guard let role = ServiceRole(rawValue: audience) else {
      throw JSONError("expected `audience` to be a service, got `\(audience)`")
    }
    let isForAllModels = try reader.value("models") == .null
    return try CallerAssertion(
      identifier: reader.string("id"), audience: role, principal: reader.string("principal"),
      roles: reader.strings("roles"), models: isForAllModels ? nil : reader.strings("models"),
      issuedAt: Timestamp(millisecondsSinceEpoch: reader.integer("issuedAtMilliseconds")),
      expiresAt: Timestamp(millisecondsSinceEpoch: reader.integer("expiresAtMilliseconds")))
  }
}
