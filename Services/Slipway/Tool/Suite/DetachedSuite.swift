internal import Foundation
internal import SlipwaySupervisor

/// A suite that goes on when the command that started it has returned.
///
/// It is `slipway up` once more, in a process group of its own, so that Ctrl-C at the terminal is not
/// for it, and without the terminal's input and output.
struct DetachedSuite {
  private static let pollInterval = Duration.milliseconds(50)
  /// Beyond the grace of its processes, which end one after the other.
  private static let endingTime = Duration.seconds(10)

  let state: StateDirectory
  let process: Process
  private let log: String

  /// Starts it.
  ///
  /// - Parameter arguments: of `slipway up`.
  static func start(
    _ executable: String, _ arguments: [String], environment: [String: String],
    state: StateDirectory
  ) throws -> DetachedSuite {
    try state.prepare()
    if let holder = try SupervisorLock.holder(of: state) {
      throw SupervisorError.alreadyRunning(path: state.path, processID: holder)
    }
    let log = "\(state.logs)/up.log"
    guard
      FileManager.default.createFile(
        atPath: log, contents: nil, attributes: [.posixPermissions: 0o600]),
      let output = FileHandle(forWritingAtPath: log)
    else { throw SupervisorError.stateUnusable(path: log, reason: "it could not be made") }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    do {
      try process.run()
    } catch {
      throw SupervisorError.executableMissing(path: executable)
    }
    try? output.close()
    return DetachedSuite(state: state, process: process, log: log)
  }

  /// Waits until every service is ready.
  ///
  /// - Parameter grace: what its processes get to finish when it is ended.
  /// - Returns: service name to `host:port`.
  /// - Throws: what the suite said if it ended; `unavailable` if it takes longer than `timeout`: it is
  ///   ended then.
  func endpoints(within timeout: Duration, grace: Duration) async throws -> [String: String] {
    let deadline = ContinuousClock.now + timeout
    while process.isRunning {
      if try SupervisorLock.holder(of: state) == process.processIdentifier,
        let endpoints = state.endpoints()
      {
        return endpoints
      }
      guard ContinuousClock.now < deadline, (try? await Task.sleep(for: Self.pollInterval)) != nil
      else {
        let end =
          await end(within: grace + Self.endingTime)
          ? "was ended" : "does not end: process \(process.processIdentifier) still runs"
        throw ToolError(
          .unavailable,
          "the suite was not ready within \(timeout.components.seconds) s and \(end)",
          advice: "look into `\(state.logs)`, or give it longer with --timeout")
      }
    }
    let said = FileManager.default.contents(atPath: log).map { String(decoding: $0, as: UTF8.self) }
    let lines = (said ?? "").split(separator: "\n")
    func line(after prefix: String) -> String? {
      lines.first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }
    throw ToolError(
      ExitStatus(rawValue: process.terminationStatus) ?? .failed,
      line(after: "slipway: ") ?? "the suite ended at once",
      advice: line(after: "next: ") ?? "look into `\(state.logs)`")
  }

  /// - Returns: whether it is gone.
  private func end(within limit: Duration) async -> Bool {
    process.terminate()
    let deadline = ContinuousClock.now + limit
    while process.isRunning {
      guard ContinuousClock.now < deadline, (try? await Task.sleep(for: Self.pollInterval)) != nil
      else { return false }
    }
    return true
  }
}
