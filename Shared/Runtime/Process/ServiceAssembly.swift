package import Logging
package import RPC
package import Trust

/// What a service is made of, once its core is built.
package struct ServiceAssembly: Sendable {
  package var router: Router
  /// Looks at every call after admission by role; outermost first.
  package var gates: [any CallGate] = []
  /// Who holds an API key; `nil` for a service that takes no clients.
  package var keyCheck: ServiceAuthenticator.KeyCheck?
  /// Counts a refused sign-in by the peer's address without its port.
  package var onRefusal: @Sendable (_ source: String) -> Void = { _ in }
  /// Runs beside the listener; cancelled before the listener closes.
  package var background: [BackgroundWork] = []
  /// Called once the listener is bound, before the service says that it is ready, with the address that
  /// others reach it by.
  package var onListening: @Sendable (_ address: String) async throws -> Void = { _ in }
  /// Called when the service is asked to end, before the listener closes.
  package var onDrain: @Sendable () async -> Void = {}
  /// Called when the last call has ended, such as to close a store.
  package var onEnd: @Sendable () async -> Void = {}
  /// `nil` if the service can do its work; otherwise why not, for `/health/ready`.
  package var fault: @Sendable () async -> String? = { nil }

  package init(router: Router) {
    self.router = router
  }
}

/// What a service finds around it.
package struct ServiceEnvironment: Sendable {
  package let role: ServiceRole
  package let settings: ServiceSettings
  package let identity: ServiceIdentity
  package let trust: ServiceTrust
  package let connector: Connector
  package let logger: Logger

  /// Opens connections on a given loop.
  package var dialer: ServiceDialer {
    ServiceDialer(identity: identity, trust: trust, tls: settings.tls, polls: settings.polls)
  }

  /// The service's own folder in the state directory, made if it is not there, and this process's alone
  /// until it ends.
  ///
  /// - Throws: ``StateFolderInUse`` if another process has it.
  package func makeFolder() throws -> String {
    try settings.claimFolder(of: role)
    return settings.folder(of: role)
  }

  /// A channel to another service of the suite.
  package func channel(to role: ServiceRole) throws(SettingsError) -> ConnectionPool {
    connector.channel(
      to: role, at: try settings.address(of: role), as: identity, trust: trust)
  }
}
