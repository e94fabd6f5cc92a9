/// What an approver signs: that one version of one model may serve in one environment for a while.
///
/// Its canonical JSON is the payload of a DSSE envelope of type `payloadType`, which no other kind of
/// signature shares. Times have whole seconds.
package struct ApprovalStatement: Hashable, Sendable {
  package static let payloadType = "application/vnd.slipway.approval.v1+json"
  package static let validityDefaultDays = 365
  /// Two years: long enough for a yearly review to slip, short enough that nothing is for ever.
  package static let validityMaxDays = 730
  static let lengthMaxBytes = 8192

  package static var validityDefault: Duration { .seconds(validityDefaultDays * 86_400) }
  package static var validityMax: Duration { .seconds(validityMaxDays * 86_400) }

  package let modelName: String
  package let version: String
  /// `ModelManifest.digest` of the version.
  package let manifestDigest: ContentDigest
  /// The evaluation report that the approver looked at, if any.
  package let evaluationDigest: ContentDigest?
  /// The content policy that must govern the model, if any.
  package let policyBundleDigest: ContentDigest?
  package let environment: String
  package let issuedAt: Timestamp
  package let notBefore: Timestamp
  package let expiresAt: Timestamp

  /// - Parameters:
  ///   - notBefore: `issuedAt` when nil.
  ///   - expiresAt: `issuedAt` and 365 days when nil.
  package init(
    modelName: String, version: String, manifestDigest: ContentDigest,
    evaluationDigest: ContentDigest?, policyBundleDigest: ContentDigest?, environment: String,
    issuedAt: Timestamp, notBefore: Timestamp? = nil, expiresAt: Timestamp? = nil
  ) throws(ApprovalError) {
    for (field, name) in [
      ("model", modelName), ("version", version), ("environment", environment),
    ] {
      if let fault = Name.fault(name) {
        throw .nameInvalid(field: field, name: name, fault: fault)
      }
    }
    self.modelName = modelName
    self.version = version
    self.manifestDigest = manifestDigest
    self.evaluationDigest = evaluationDigest
    self.policyBundleDigest = policyBundleDigest
    self.environment = environment
    self.issuedAt = issuedAt.wholeSeconds
    self.notBefore = (notBefore ?? issuedAt).wholeSeconds
    self.expiresAt = (expiresAt ?? issuedAt.adding(Self.validityDefault)).wholeSeconds
    guard self.issuedAt <= self.notBefore, self.notBefore < self.expiresAt,
      self.expiresAt.since(self.issuedAt) <= Self.validityMax
    else {
      throw .periodInvalid(
        issuedAt: self.issuedAt, notBefore: self.notBefore, expiresAt: self.expiresAt)
    }
  }

  /// Reads canonical bytes; any other spelling of the same statement is refused.
  package init(payload: [UInt8]) throws(ApprovalError) {
    do {
      let value = try JSONParser.parse(payload, lengthMaxBytes: Self.lengthMaxBytes)
      self = try Self.parse(value)
    } catch let error as ApprovalError {
      throw error
    } catch let error as JSONError {
      throw .malformed(error.message)
    } catch {
      throw .malformed("\(error)")
    }
    guard self.payload == payload else {
      throw .malformed("expected canonical JSON: sorted fields, no spaces, whole seconds")
    }
  }

  /// The bytes that are signed, inside their envelope.
  package var payload: [UInt8] {
    JSONValue.object([
      "model": .string(modelName),
      "version": .string(version),
      "manifestDigest": .string(manifestDigest.description),
      "evaluationDigest": .optional(evaluationDigest?.description),
      "policyBundleDigest": .optional(policyBundleDigest?.description),
      "environment": .string(environment),
      "issuedAt": .string(issuedAt.description),
      "notBefore": .string(notBefore.description),
      "expiresAt": .string(expiresAt.description),
    ]).canonicalBytes()
  }

  private static func parse(_ value: JSONValue) throws -> ApprovalStatement {
    let reader = try JSONReader(
      value,
      fields: [
        "model", "version", "manifestDigest", "evaluationDigest", "policyBundleDigest",
        "environment", "issuedAt", "notBefore", "expiresAt",
      ])
    return try ApprovalStatement(
      modelName: reader.string("model"), version: reader.string("version"),
      manifestDigest: reader.digest("manifestDigest"),
      evaluationDigest: reader.nullableDigest("evaluationDigest"),
      policyBundleDigest: reader.nullableDigest("policyBundleDigest"),
      environment: reader.string("environment"), issuedAt: reader.timestamp("issuedAt"),
      notBefore: reader.timestamp("notBefore"), expiresAt: reader.timestamp("expiresAt"))
  }
}
