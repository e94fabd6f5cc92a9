import Crypto
import Foundation
import Testing

@testable import Trust

struct SignedEnvelopeTests {
  /// The test vector of DSSE's protocol.md, version 1.0.0.
  private static let vector = """
    {"payload": "aGVsbG8gd29ybGQ=",
     "payloadType": "http://example.com/HelloWorld",
     "signatures": [{"sig": "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA=="}]}
    """

  @Test("the envelope of DSSE's test vector is read and its encoding and signature hold")
  func verifiesVector() throws {
    let envelope = try SignedEnvelope(json: Self.vector.bytes, lengthMaxBytes: 1000)
    #expect(envelope.payload == "hello world".bytes)
    #expect(
      envelope.signedBytes == "DSSEv1 29 http://example.com/HelloWorld 11 hello world".bytes)
    // The vector's public key: P-256, Y is even, so compressed it begins with 2.
    let point = try #require(
      Hexadecimal.decode("0267cd390f77aa359cb08c2235f652270493a9ed832b0abcc01f70954c0390d238"))
    let ed25519 = Curve25519.Signing.PrivateKey().publicKey.rawRepresentation
    let key = try VerifyingKey(publicBytes: [UInt8](ed25519) + point, comment: "")
    let raw = try #require(envelope.signatures.first).bytes
    let signature = try P256.Signing.ECDSASignature(rawRepresentation: raw).derRepresentation
    #expect(key.isValid(manifestSignature: [UInt8](signature), over: envelope.signedBytes))
    #expect(!key.isValid(manifestSignature: [UInt8](signature), over: envelope.payload))
  }

  @Test(
    "lengths in the encoding count bytes",
    arguments: [
      ("", "", "DSSEv1 0  0 "), ("é", "é", "DSSEv1 2 é 2 é"), ("t", "1 2", "DSSEv1 1 t 3 1 2"),
    ])
  func encodes(type: String, body: String, expected: String) {
    let bytes = SignedEnvelope.preAuthenticationEncoding(type: type, body: body.bytes)
    #expect(bytes == expected.bytes)
  }

  @Test("several people sign one payload and each signature stands alone")
  func severalSign() throws {
    let (alice, bob, carol) = try (Fixture.key(1), Fixture.key(2), Fixture.key(3))
    var envelope = SignedEnvelope(payloadType: "text/plain", payload: "yes".bytes)
    try envelope.sign(with: alice)
    try envelope.sign(with: bob)
    try envelope.sign(with: alice)
    let read = try SignedEnvelope(json: envelope.jsonBytes(), lengthMaxBytes: 10_000)
    #expect(read == envelope)
    #expect(read.signatures.count == 2)
    for key in [alice, bob] {
      let identifier = key.verifyingKey.identifier.description
      let signature = try #require(read.signatures.first { $0.keyIdentifier == identifier })
      #expect(read.isSigned(by: key.verifyingKey, signature))
      #expect(!read.isSigned(by: carol.verifyingKey, signature))
    }
  }

  @Test("a signature is good for no other payload type")
  func separatesDomains() throws {
    let key = try Fixture.key(1)
    var envelope = SignedEnvelope(payloadType: "a", payload: "same".bytes)
    try envelope.sign(with: key)
    let other = SignedEnvelope(
      payloadType: "b", payload: "same".bytes, signatures: envelope.signatures)
    #expect(!other.isSigned(by: key.verifyingKey, try #require(other.signatures.first)))
  }

  @Test("both base64 alphabets are read, as DSSE asks")
  func readsURLSafeBase64() throws {
    let json = #"{"payload":"-_-_","payloadType":"t","signatures":[{"sig":"-_-_"}]}"#
    let envelope = try SignedEnvelope(json: json.bytes, lengthMaxBytes: 1000)
    #expect(envelope.payload == [0xfb, 0xff, 0xbf])
  }

  @Test(
    "an envelope that lacks something is refused by name",
    arguments: [
      (#"[]"#, "expected the text to be an object, got an array"),
      (#"{"payloadType":"t","signatures":[]}"#, "field `payload` is missing"),
      (
        #"{"payload":"*","payloadType":"t","signatures":[]}"#, "expected `payload` to be base64"
      ),
      (
        #"{"payload":"","payloadType":"t","signatures":[]}"#,
        "expected 1 to 16 entries in `signatures`, got 0"
      ),
      (
        #"{"payload":"","payloadType":"t","signatures":[{}]}"#,
        "field `signatures[0].sig` is missing"
      ),
      (
        #"{"payload":"","payloadType":7,"signatures":[{"sig":""}]}"#,
        "expected `payloadType` to be a string, got an integer"
      ),
    ])
  func refuses(json: String, message: String) {
    #expect(throws: EnvelopeError.malformed(message)) {
      try SignedEnvelope(json: json.bytes, lengthMaxBytes: 1000)
    }
  }
}
