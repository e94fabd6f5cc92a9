import IntegrationSuite
import Synchronization

/// Commands of the tool that read, one after the other, while something else happens.
final class ToolReads: Sendable {
  private let commands: [[String]]
  private let suite: RunningSuite
  private let state = Mutex(State())

  private struct State {
    var count = 0
    var failures: [String] = []
    var isOver = false
  }

  init(_ commands: [[String]], on suite: RunningSuite) {
    self.commands = commands
    self.suite = suite
  }

  /// Commands that have ended.
  var count: Int { state.withLock { $0.count } }
  /// What those that did not succeed said.
  var failures: [String] { state.withLock { $0.failures } }

  /// Runs commands until `body` is over.
  func during(_ body: () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.run() }
      do {
        defer { state.withLock { $0.isOver = true } }
        try await body()
      }
      try await group.waitForAll()
    }
  }

  /// Waits until more commands than `count` have ended.
  func more(than count: Int) async throws {
    _ = try await eventually("more reads of the tool") { self.count > count ? true : nil }
  }

  private func run() async throws {
    while !state.withLock({ $0.isOver }) {
      for command in commands {
        let result = try await suite.slipway(command, as: People.pusher)
        state.withLock { state in
          state.count += 1
          if result.status != 0 {
            state.failures.append("`\(result.line)` exited with \(result.status): \(result.errors)")
          }
        }
      }
    }
  }
}
