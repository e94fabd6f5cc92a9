package import RPC

extension ConnectionPool {
  /// What the server says that it is, for people. Connects if need be.
  package var peerRelease: String {
    get async throws { try await connected().peerRelease }
  }
}
