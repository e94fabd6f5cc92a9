/// What both sides of a loopback connection sign to prove their roles (DESIGN.md, section 5).
///
/// The bytes for one side, where `field(x)` is the length of `x` as 4 big-endian bytes and then `x`:
/// ```text
/// field("slipway handshake v1 client")     or "… server" for the listening side
/// field(protocol version, 4 big-endian bytes)
/// field(client nonce)  field(server nonce)  32 bytes each
/// field(client role)   field(server role)   names in UTF-8
/// field(listener's address)                 as the client dialled it, `127.0.0.1:7001`
/// ```
/// The side in the label keeps one side's signature from serving as the other's; both nonces keep it
/// from serving twice; the address keeps a listener from passing it on to another one.
package struct HandshakeTranscript: Hashable, Sendable {
  package enum Side: String, Sendable {
    case client
    case server
  }

  package let protocolVersion: UInt32
  package let clientNonce: HandshakeNonce
  package let serverNonce: HandshakeNonce
  /// A service's role, or `client` for one that shows an API key.
  package let clientRole: String
  package let serverRole: ServiceRole
  package let listenerAddress: String

  /// - Throws: `HandshakeError.nonceReflected` when both nonces are the same.
  package init(
    protocolVersion: UInt32, clientNonce: HandshakeNonce, serverNonce: HandshakeNonce,
    clientRole: String, serverRole: ServiceRole, listenerAddress: String
  ) throws(HandshakeError) {
    guard clientNonce != serverNonce else { throw .nonceReflected }
    self.protocolVersion = protocolVersion
    self.clientNonce = clientNonce
    self.serverNonce = serverNonce
    self.clientRole = clientRole
    self.serverRole = serverRole
    self.listenerAddress = listenerAddress
  }

  /// The handshake of one service with another.
  package init(
    protocolVersion: UInt32, clientNonce: HandshakeNonce, serverNonce: HandshakeNonce,
    clientRole: ServiceRole, serverRole: ServiceRole, listenerAddress: String
  ) throws(HandshakeError) {
    try self.init(
      protocolVersion: protocolVersion, clientNonce: clientNonce, serverNonce: serverNonce,
      clientRole: clientRole.rawValue, serverRole: serverRole, listenerAddress: listenerAddress)
  }

  /// The bytes that `side` signs.
  package func signedBytes(of side: Side) -> [UInt8] {
    let fields: [[UInt8]] = [
      Array("slipway handshake v1 \(side.rawValue)".utf8), Self.bigEndian(protocolVersion),
      clientNonce.bytes, serverNonce.bytes, Array(clientRole.utf8),
      Array(serverRole.rawValue.utf8), Array(listenerAddress.utf8),
    ]
    return fields.flatMap { Self.bigEndian(UInt32($0.count)) + $0 }
  }

  /// The 64-byte signature of `side`.
  package func sign(
    as side: Side, with identity: ServiceIdentity
  ) throws(HandshakeError) -> [UInt8] {
    guard identity.role.rawValue == role(of: side) else {
      throw .roleDiffers(expected: role(of: side), identity: identity.role)
    }
    do {
      return try identity.key.signature(over: signedBytes(of: side))
    } catch {
      throw .key(error)
    }
  }

  /// Checks that `side` proved its role.
  package func verify(
    _ signature: [UInt8], of side: Side, trust: ServiceTrust
  ) throws(HandshakeError) {
    guard let role = ServiceRole(rawValue: role(of: side)) else {
      throw .roleUnknown(role(of: side))
    }
    guard !trust.keys(of: role).isEmpty else { throw .roleUnknown(role.rawValue) }
    guard trust.isValid(signature: signature, over: signedBytes(of: side), by: role) else {
      throw .badSignature(role)
    }
  }

  private func role(of side: Side) -> String {
    switch side {
    case .client: clientRole
    case .server: serverRole.rawValue
    }
  }

  private static func bigEndian(_ number: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
  }
}
