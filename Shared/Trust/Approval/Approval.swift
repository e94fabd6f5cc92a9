/// A statement with the signatures under it, as it is stored and sent.
///
/// Holding one proves nothing: `DeploymentVerifier` decides whose signatures count.
package struct Approval: Equatable, Sendable {
  /// A statement and its signatures after base64.
  package static let lengthMaxBytes = 32_768

  package let statement: ApprovalStatement
  let envelope: SignedEnvelope

  /// Signs `statement` with the Ed25519 half of `key`.
  package init(signing statement: ApprovalStatement, with key: SigningKey) throws(ApprovalError) {
    var envelope = SignedEnvelope(
      payloadType: ApprovalStatement.payloadType, payload: statement.payload)
    try Self.sign(&envelope, key)
    self.statement = statement
    self.envelope = envelope
  }

  /// Reads an approval's envelope.
  package init(json: [UInt8]) throws(ApprovalError) {
    do {
      envelope = try SignedEnvelope(json: json, lengthMaxBytes: Self.lengthMaxBytes)
    } catch {
      throw .malformed(error.description)
    }
    guard envelope.payloadType == ApprovalStatement.payloadType else {
      throw .malformed(
        "expected `payloadType` to be `\(ApprovalStatement.payloadType)`, got `\(envelope.payloadType)`"
      )
    }
    statement = try ApprovalStatement(payload: envelope.payload)
  }

  private init(statement: ApprovalStatement, envelope: SignedEnvelope) {
    self.statement = statement
    self.envelope = envelope
  }

  /// The same statement with one more signature.
  package func signed(with key: SigningKey) throws(ApprovalError) -> Approval {
    var envelope = envelope
    try Self.sign(&envelope, key)
    return Approval(statement: statement, envelope: envelope)
  }

  /// The keys that the signatures name, unproven, for tables.
  package var claimedKeyIdentifiers: [String] {
    envelope.signatures.map(\.keyIdentifier)
  }

  package func jsonBytes() -> [UInt8] {
    envelope.jsonBytes()
  }

  private static func sign(
    _ envelope: inout SignedEnvelope, _ key: SigningKey
  ) throws(ApprovalError) {
    do {
      try envelope.sign(with: key)
    } catch {
      throw .malformed(error.description)
    }
  }
}
