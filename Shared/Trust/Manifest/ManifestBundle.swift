/// A signed manifest: a sigstore bundle v0.3 that holds the DSSE envelope of the statement, signed
/// with ECDSA P-256, and names the key by its hint. `model_signing verify key` reads it.
package struct ManifestBundle: Equatable, Sendable {
  static let mediaType = "application/vnd.dev.sigstore.bundle.v0.3+json"
  /// The statement's limit after base64, and room for the rest.
  package static let lengthMaxBytes = ModelManifest.statementLengthMaxBytes / 3 * 4 + 65_536

  package let manifest: ModelManifest
  /// `VerifyingKey.manifestHint` of the key that should have signed. Not signed itself.
  package let keyHint: String
  private let signature: [UInt8]

  /// Signs `manifest` with the P-256 half of `key`.
  package init(signing manifest: ModelManifest, with key: SigningKey) throws(ManifestError) {
    self.manifest = manifest
    keyHint = key.verifyingKey.manifestHint
    do {
      signature = try key.manifestSignature(over: Self.signedBytes(manifest))
    } catch {
      throw .key(error)
    }
  }

  /// Reads a bundle. This proves nothing yet: call `verify(by:)`.
  package init(json: [UInt8]) throws(ManifestError) {
    let envelope: SignedEnvelope
    do throws(JSONError) {
      let value = try JSONParser.parse(json, lengthMaxBytes: Self.lengthMaxBytes)
      let reader = try JSONReader(value, fields: nil)
      try reader.require("mediaType", Self.mediaType)
      keyHint = try reader.object("verificationMaterial", fields: nil)
        .object("publicKey", fields: nil).string("hint")
      envelope = try SignedEnvelope(try reader.value("dsseEnvelope"), place: "dsseEnvelope")
      guard envelope.payloadType == ModelManifest.payloadType else {
        throw JSONError(
          "expected `dsseEnvelope.payloadType` to be `\(ModelManifest.payloadType)`, got `\(envelope.payloadType)`"
        )
      }
      // Sigstore's bundle specification: exactly one signature.
      guard envelope.signatures.count == 1, let only = envelope.signatures.first else {
        throw JSONError(
          "expected one entry in `dsseEnvelope.signatures`, got \(envelope.signatures.count)")
      }
      signature = only.bytes
    } catch {
      throw .malformed(error.message)
    }
    manifest = try ModelManifest(statement: envelope.payload)
  }

  /// The bundle's JSON.
  package func jsonBytes() -> [UInt8] {
    let envelope = SignedEnvelope(
      payloadType: ModelManifest.payloadType, payload: manifest.statement,
      signatures: [EnvelopeSignature(keyIdentifier: "", bytes: signature)])
    let material: JSONValue = .object([
      "publicKey": .object(["hint": .string(keyHint)]),
      "tlogEntries": .array([]),
    ])
    return JSONValue.object([
      "mediaType": .string(Self.mediaType),
      "verificationMaterial": material,
      "dsseEnvelope": envelope.jsonValue,
    ]).compactBytes()
  }

  /// Checks that the key's owner signed exactly this manifest.
  /// - Throws: `ManifestError.unexpectedHint` or `badSignature`.
  package func verify(by key: VerifyingKey) throws(ManifestError) {
    guard keyHint == key.manifestHint else {
      throw .unexpectedHint(hint: keyHint, expected: key.manifestHint)
    }
    guard key.isValid(manifestSignature: signature, over: Self.signedBytes(manifest)) else {
      throw .badSignature
    }
  }

  private static func signedBytes(_ manifest: ModelManifest) -> [UInt8] {
    SignedEnvelope.preAuthenticationEncoding(
      type: ModelManifest.payloadType, body: manifest.statement)
  }
}
