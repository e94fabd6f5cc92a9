package import RPC
package import TransportTCP
package import Trust

/// Opens connections to other services, as one service.
package struct ServiceDialer: ConnectionDialer {
  private let identity: ServiceIdentity
  private let trust: ServiceTrust
  private let tls: TLSSettings?
  private let polls: Bool

  package init(
    identity: ServiceIdentity, trust: ServiceTrust, tls: TLSSettings?, polls: Bool = false
  ) {
    self.identity = identity
    self.trust = trust
    self.tls = tls
    self.polls = polls
  }

  package nonisolated(nonsending) func dial(
    _ address: String, role: String, on loop: any ConnectionLoop,
    onRetired: @escaping @Sendable (ClientConnection) -> Void
  ) async throws(RPCError) -> ClientConnection {
    guard let link = loop as? EventLoopLink, let server = ServiceRole(rawValue: role) else {
      throw RPCError(.internalError, "no connection can be made to `\(role)`")
    }
    return try await TCPClient.connect(
      to: address, on: link,
      authenticator: ServicePeerAuthenticator(identity: identity, trust: trust, server: server),
      settings: .ofRelease(as: identity.role), tls: tls, timeout: .seconds(2), polls: polls,
      onRetired: onRetired)
  }
}
