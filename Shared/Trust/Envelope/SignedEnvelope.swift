/// A payload with its signatures: the JSON envelope of Dead Simple Signing Envelope v1
/// (github.com/secure-systems-lab/dsse, `protocol.md` and `envelope.md`).
///
/// Reading an envelope proves nothing; only `isSigned` does, and only for the key it was given.
package struct SignedEnvelope: Equatable, Sendable {
  /// Approvals have one signature each; more only when several people sign one statement.
  package static let signaturesMax = 16

  /// Says what the payload is. Signed with it, so that no signature is good for another kind.
  package let payloadType: String
  package let payload: [UInt8]
  package private(set) var signatures: [EnvelopeSignature]

  package init(payloadType: String, payload: [UInt8], signatures: [EnvelopeSignature] = []) {
    self.payloadType = payloadType
    self.payload = payload
    self.signatures = signatures
  }

  /// Reads an envelope's JSON. Fields that DSSE does not know are ignored, as it asks.
  package init(json: [UInt8], lengthMaxBytes: Int) throws(EnvelopeError) {
    do {
      try self.init(JSONParser.parse(json, lengthMaxBytes: lengthMaxBytes), place: "")
    } catch {
      throw .malformed(error.message)
    }
  }

  /// Reads an envelope that stands at `place` in a larger text.
  init(_ value: JSONValue, place: String) throws(JSONError) {
    let reader = try JSONReader(value, place: place, fields: nil)
    guard let payload = Base64.decode(try reader.string("payload")) else {
      throw JSONError("expected `\(reader.path("payload"))` to be base64")
    }
    let entries = try reader.array("signatures")
    guard (1...Self.signaturesMax).contains(entries.count) else {
      throw JSONError(
        "expected 1 to \(Self.signaturesMax) entries in `\(reader.path("signatures"))`, got \(entries.count)"
      )
    }
    var signatures: [EnvelopeSignature] = []
    for (index, entry) in entries.enumerated() {
      let place = "\(reader.path("signatures"))[\(index)]"
      let entryReader = try JSONReader(entry, place: place, fields: nil)
      guard let bytes = Base64.decode(try entryReader.string("sig")) else {
        throw JSONError("expected `\(entryReader.path("sig"))` to be base64")
      }
      signatures.append(
        EnvelopeSignature(
          keyIdentifier: try entryReader.optionalString("keyid") ?? "", bytes: bytes))
    }
    self.init(
      payloadType: try reader.string("payloadType"), payload: payload, signatures: signatures)
  }

  /// The envelope's JSON, the same bytes for the same envelope.
  package func jsonBytes() -> [UInt8] {
    jsonValue.compactBytes()
  }

  var jsonValue: JSONValue {
    .object([
      "payload": .string(Base64.encode(payload)),
      "payloadType": .string(payloadType),
      "signatures": .array(
        signatures.map { signature in
          .object([
            "sig": .string(Base64.encode(signature.bytes)),
            "keyid": .string(signature.keyIdentifier),
          ])
        }),
    ])
  }

  /// Adds the Ed25519 signature of `key`; a second one by the same key replaces the first.
  package mutating func sign(with key: SigningKey) throws(EnvelopeError) {
    let keyIdentifier = key.verifyingKey.identifier.description
    do {
      let bytes = try key.signature(over: signedBytes)
      signatures.removeAll { $0.keyIdentifier == keyIdentifier }
      signatures.append(EnvelopeSignature(keyIdentifier: keyIdentifier, bytes: bytes))
    } catch {
      throw .key(error)
    }
  }

  /// Whether `signature` is this envelope's Ed25519 signature by `key`.
  package func isSigned(by key: VerifyingKey, _ signature: EnvelopeSignature) -> Bool {
    key.isValid(signature: signature.bytes, over: signedBytes)
  }

  /// What is signed: DSSE's pre-authentication encoding of type and payload.
  package var signedBytes: [UInt8] {
    Self.preAuthenticationEncoding(type: payloadType, body: payload)
  }

  /// `"DSSEv1" SP LEN(type) SP type SP LEN(body) SP body`, lengths in decimal, in bytes.
  package static func preAuthenticationEncoding(type: String, body: [UInt8]) -> [UInt8] {
    Array("DSSEv1 \(type.utf8.count) \(type) \(body.count) ".utf8) + body
  }
}
