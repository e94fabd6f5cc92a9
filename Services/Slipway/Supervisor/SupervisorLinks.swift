package import RPC
package import Trust

/// How the supervisor reaches the services that it started; whoever assembles it brings the transport.
///
/// `certificates` is the folder of certificates that the services have; without it they speak no TLS.
package protocol SupervisorLinks: Sendable {
  /// Why nothing can listen on `endpoint` now, or `nil`.
  func listenFault(at endpoint: String) async -> String?

  /// Whether the service completes a handshake with the role `supervisor` now.
  func isReady(
    _ role: ServiceRole, at endpoint: String, state: StateDirectory, certificates: String?
  ) async -> Bool

  /// A channel to the registry with the role `supervisor`. It may still be connecting.
  func registry(
    at endpoint: String, state: StateDirectory, certificates: String?
  ) async throws(RPCError) -> any Channel
}
