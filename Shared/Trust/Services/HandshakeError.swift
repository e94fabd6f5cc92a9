/// Why a peer has not proven its role. The connection ends; the peer is told nothing more.
package enum HandshakeError: Error, Equatable, CustomStringConvertible {
  /// A peer that sends our own nonce back is a mirror.
  case nonceReflected
  case roleUnknown(String)
  case badSignature(ServiceRole)
  /// The key at hand is not for the role that this side has in the handshake.
  case roleDiffers(expected: String, identity: ServiceRole)
  case key(KeyError)

  package var description: String {
    switch self {
    case .nonceReflected: "the peer sent our own nonce back"
    case .roleUnknown(let role): "no key is known here for the role `\(role)`"
    case .badSignature(let role): "the peer's signature is not by a key of the role `\(role)`"
    case .roleDiffers(let expected, let identity):
      "expected the key of the role `\(expected)`, got that of `\(identity)`"
    case .key(let error): error.description
    }
  }
}
