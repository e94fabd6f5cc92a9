/// Opens connections on a given loop, for those who forward calls from one connection to another.
package protocol ConnectionDialer: Sendable {
  /// Returns when calls may be made.
  ///
  /// - Parameters:
  ///   - address: `host:port`.
  ///   - role: the service role that the server must prove.
  ///   - onRetired: called once, on the loop, when the connection takes no further calls.
  nonisolated(nonsending) func dial(
    _ address: String, role: String, on loop: any ConnectionLoop,
    onRetired: @escaping @Sendable (ClientConnection) -> Void
  ) async throws(RPCError) -> ClientConnection
}
