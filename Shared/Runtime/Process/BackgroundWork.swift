internal import ServiceLifecycle

/// What a service does beside answering calls.
package struct BackgroundWork: Sendable {
  /// What it means when the work is over although nobody asked the service to end.
  package enum Ending: Sendable, Hashable {
    /// A fault: the service drains and ends with an error.
    case isFault
    /// The service's own wish: it drains and ends well.
    case endsService
  }

  let name: String
  let ending: Ending
  let work: @Sendable () async throws -> Void

  /// - Parameters:
  ///   - name: what is done, for the error, such as `following the registry`.
  ///   - work: goes on until its task is cancelled, which happens before the listener closes.
  package init(
    _ name: String, ending: Ending = .isFault, _ work: @escaping @Sendable () async throws -> Void
  ) {
    self.name = name
    self.ending = ending
    self.work = work
  }
}

/// Work that ended on its own.
struct BackgroundWorkEnded: Error, CustomStringConvertible {
  let name: String
  let cause: String?

  var description: String {
    "\(name) ended although nobody asked for it\(cause.map { ": \($0)" } ?? "")"
      + "; the service can't go on without it and has to be started again"
  }
}

/// Runs background work as a service of the process's group.
struct BackgroundService: Service {
  let background: BackgroundWork

  func run() async throws {
    do {
      try await cancelWhenGracefulShutdown { try await background.work() }
    } catch {
      guard !Self.isEnding else { return }
      throw BackgroundWorkEnded(name: background.name, cause: "\(error)")
    }
    guard background.ending == .isFault, !Self.isEnding else { return }
    throw BackgroundWorkEnded(name: background.name, cause: nil)
  }

  private static var isEnding: Bool { Task.isShuttingDownGracefully || Task.isCancelled }
}
