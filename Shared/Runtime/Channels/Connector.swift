package import RPC
package import Trust
package import TransportTCP

/// Opens channels as one service, or as a client.
package struct Connector: Sendable {
  package let loops: EventLoopLinks
  private let tls: TLSSettings?
  private let polls: Bool

  /// - Parameters:
  ///   - tls: for services on other machines.
  ///   - polls: whether connections between services keep their loops awake for a moment; see
  ///     `SLIPWAY_LATENCY`.
  package init(tls: TLSSettings? = nil, polls: Bool = false) {
    loops = polls ? .polling : .shared
    self.tls = tls
    self.polls = polls
  }

  /// A channel to a service, as a service of this machine.
  package func channel(
    to role: ServiceRole, at address: String, as identity: ServiceIdentity, trust: ServiceTrust
  ) -> ConnectionPool {
    ConnectionPool(
      address: address, loops: loops,
      authenticator: ServicePeerAuthenticator(identity: identity, trust: trust, server: role),
      settings: .ofRelease, pool: .inner, tls: tls, polls: polls)
  }

  /// A channel to a gateway, as the holder of an API key; rides over the gateway's restart.
  ///
  /// - Parameter trust: the machine's role keys, where they can be read.
  package func client(
    at address: String, apiKey: String, trust: ServiceTrust? = nil
  ) -> ConnectionPool {
    var settings = ConnectionSettings.ofRelease
    settings.liveness = .far
    return ConnectionPool(
      address: address, loops: loops,
      authenticator: KeyAuthenticator(apiKey: apiKey, trust: trust), settings: settings,
      pool: .firstHop, tls: tls)
  }

  /// The event loops that connections live on.
  package var links: [EventLoopLink] { loops.all }
}
