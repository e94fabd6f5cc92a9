package import RPC

extension ConnectionSettings {
  /// What the suite's own processes open connections with: their release is told to the peer.
  package static var ofRelease: ConnectionSettings {
    var settings = ConnectionSettings()
    settings.release = Release.name
    return settings
  }
}
