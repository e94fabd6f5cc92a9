package import RPC
internal import ServiceRuntime
package import SlipwaySupervisor
internal import TransportTCP
package import Trust

/// Connections over TCP: as a client with a key, and as the supervisor of a state directory.
package struct RuntimeLinks: GatewayConnecting, SupervisorLinks {
  package init() {}

  package func gateway(
    at endpoint: String, key: String, state: StateDirectory?, authority: String?
  ) async throws(RPCError) -> any Channel {
    // The gateway of a state directory that we can read must prove itself before it sees the key.
    let trust = state.flatMap { try? ServiceKeyFolder(stateDirectory: $0.path).trust() }
    let tls = authority.map { TLSSettings(authorityFile: $0) }
    let channel = Connector(tls: tls).client(at: endpoint, apiKey: key, trust: trust)
    // A gateway that starts again is there in a moment.
    try await channel.connect(within: PoolSettings.firstHop.patience)
    return channel
  }

  package func listenFault(at endpoint: String) async -> String? {
    guard let address = HostPort(endpoint) else { return "`\(endpoint)` is no `host:port`" }
    do throws(RPCError) {
      try await ListenProbe.check(host: address.host, port: address.port)
      return nil
    } catch {
      return error.message
    }
  }

  package func isReady(
    _ role: ServiceRole, at endpoint: String, state: StateDirectory, certificates: String?
  ) async -> Bool {
    // A fresh channel each time: it has no back-off to wait for.
    guard let channel = try? channel(to: role, at: endpoint, state, certificates),
      (try? await channel.connected()) != nil
    else { return false }
    await channel.close()
    return true
  }

  package func registry(
    at endpoint: String, state: StateDirectory, certificates: String?
  ) async throws(RPCError) -> any Channel {
    try channel(to: .registry, at: endpoint, state, certificates)
  }

  private func channel(
    to role: ServiceRole, at endpoint: String, _ state: StateDirectory, _ certificates: String?
  ) throws(RPCError) -> ConnectionPool {
    let tls = certificates.map {
      TLSSettings(folder: $0, role: ServiceRole.supervisor.rawValue)
    }
    do throws(KeyError) {
      let folder = ServiceKeyFolder(stateDirectory: state.path)
      return Connector(tls: tls).channel(
        to: role, at: endpoint, as: try folder.identity(of: .supervisor), trust: try folder.trust())
    } catch {
      throw RPCError(.failedPrecondition, error.description)
    }
  }
}
