/// What both sides of a handshake sign: PROTOCOL.md says how it becomes bytes.
package struct HandshakeTranscript: Sendable, Hashable {
  package var version: UInt32
  package var clientRole: String
  package var serverRole: String
  package var clientNonce: [UInt8]
  package var serverNonce: [UInt8]
  /// The listener's address, as the server says and as the client dialled: a peer that relays a
  /// handshake from another port is found out.
  package var address: String

  package static let nonceByteCount = 32

  package static func nonce() -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<nonceByteCount).map { _ in UInt8.random(in: 0...255, using: &generator) }
  }
}
