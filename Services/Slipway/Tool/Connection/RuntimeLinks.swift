package import RPC
internal import ServiceRuntime
package import SlipwaySupervisor
internal import TransportTCP
package import Trust

/// Connections over TCP: as a client with a key, and as the supervisor of a state directory.
package struct RuntimeLinks: GatewayConnecting, SupervisorLinks {
  private let certificates: String?

  /// - Parameter environment: `SLIPWAY_CERTS` names the folder with `authority.pem`.
  package init(environment: [String: String]) {
    certificates = environment["SLIPWAY_CERTS"].flatMap { $0.isEmpty ? nil : $0 }
  }

  package func gateway(
    at endpoint: String, key: String, state: StateDirectory?
  ) async throws(RPCError) -> any Channel {
    // The gateway of a state directory that we can read must prove itself before it sees the key.
    let trust = state.flatMap { try? ServiceKeyFolder(stateDirectory: $0.path).trust() }
    let tls = certificates.map { TLSSettings(authorityFile: "\($0)/authority.pem") }
    let channel = Connector(tls: tls).client(at: endpoint, apiKey: key, trust: trust)
    _ = try await channel.connected()
    return channel
  }

  package func isReady(
    _ role: ServiceRole, at endpoint: String, state: StateDirectory
  ) async -> Bool {
    // A fresh channel each time: it has no back-off to wait for.
    guard let channel = try? channel(to: role, at: endpoint, state: state),
      (try? await channel.connected()) != nil
    else { return false }
    await channel.close()
    return true
  }

  package func registry(
    at endpoint: String, state: StateDirectory
  ) async throws(RPCError) -> any Channel {
    try channel(to: .registry, at: endpoint, state: state)
  }

  private func channel(
    to role: ServiceRole, at endpoint: String, state: StateDirectory
  ) throws(RPCError) -> ReconnectingChannel {
    do throws(KeyError) {
      let folder = ServiceKeyFolder(stateDirectory: state.path)
      return Connector().channel(
        to: role, at: endpoint, as: try folder.identity(of: .supervisor), trust: try folder.trust())
    } catch {
      throw RPCError(.failedPrecondition, error.description)
    }
  }
}
