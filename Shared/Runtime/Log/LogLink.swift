internal import Contracts
internal import Logging
internal import RPC
internal import Trust

/// How a service's entries get into the transparency log of its suite.
extension ServiceEnvironment {
  /// Takes canonical bytes of entries; returns when the log has them on disk.
  package typealias LogAppend = @Sendable (_ entries: [[UInt8]]) async throws -> Void

  /// The work of handing entries to the log; none where no content-governor is named: then they wait, and
  /// once the outbox is full, changes are refused.
  ///
  /// - Parameter drain: hands on until its task is cancelled, and reports what keeps it.
  package func handingEntriesToLog(
    _ drain:
      @escaping @Sendable (
        _ append: @escaping LogAppend, _ report: @escaping @Sendable (_ cause: String) -> Void
      ) async -> Void
  ) throws(SettingsError) -> [BackgroundWork] {
    guard settings.string("content.governor") != nil else {
      logger.warning("no content-governor is named: entries for the log wait here")
      return []
    }
    let channel = try channel(to: .contentGovernor)
    let append: LogAppend = { entries in
      _ = try await channel.call(
        TransparencyLog.API.append, TransparencyLog.AppendRequest(entries: entries))
    }
    return [
      BackgroundWork("handing entries to the log") { [logger] in
        await drain(append) { cause in
          logger.warning("the log takes no entries", metadata: ["cause": "\(cause)"])
        }
      }
    ]
  }
}
