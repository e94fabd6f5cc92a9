internal import Contracts
package import RPC
internal import Trust

/// A service's way to the transparency log.
package struct LogLink: Sendable {
  private let channel: any Channel

  /// - Parameter channel: to the content-governor, as the service itself.
  package init(_ channel: any Channel) {
    self.channel = channel
  }

  /// Returns when the log has the entries on disk.
  ///
  /// - Parameter entries: canonical bytes.
  package func append(_ entries: [[UInt8]]) async throws {
    _ = try await channel.call(
      TransparencyLog.API.append, TransparencyLog.AppendRequest(entries: entries))
  }
}

extension ServiceEnvironment {
  /// The way to the log of this suite.
  package func logLink() throws(SettingsError) -> LogLink {
    LogLink(try channel(to: .contentGovernor))
  }
}
