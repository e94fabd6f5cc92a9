internal import Foundation

extension RunningSuite {
  /// Everything that services and workers wrote so far.
  package func logs() -> String {
    SuiteLogs(folder: folder).text()
  }

  /// Runs a piece of Python, for what has no simpler tool: other people's sockets and files.
  ///
  /// - Parameter script: a path from the root of the checkout.
  package static func python(
    _ script: String, _ arguments: [String], in checkout: Checkout,
    within limit: Duration = .seconds(60)
  ) async throws -> CommandResult {
    try await Command.run("python3", [checkout.path(of: script)] + arguments, within: limit)
  }

  /// Runs one of the suite's executables by itself, beside any suite.
  ///
  /// - Parameter variables: all that it is told of suites.
  package static func executable(
    _ name: String, _ arguments: String..., variables: [String: String], in checkout: Checkout
  ) async throws -> CommandResult {
    try await Command.run(
      checkout.executables.appending(path: name).path, arguments, variables: variables)
  }

  /// Runs `body` beside one of the suite's executables, which is ended when it returns or throws.
  ///
  /// - Parameter variables: all that the executable is told of suites.
  package static func withExecutable(
    _ name: String, variables: [String: String], in checkout: Checkout,
    within limit: Duration = .seconds(300), _ body: () async throws -> Void
  ) async throws {
    var variables = variables
    variables["SLIPWAY_PREFIX"] = prefix(checkout)
    try await withThrowingTaskGroup(of: Void.self) { [variables] group in
      group.addTask {
        let ended = try? await Command.run(
          checkout.executables.appending(path: name).path, [], variables: variables, within: limit)
        // Nobody ended it, so it tells why it did.
        if let ended, !Task.isCancelled { print("\(name) ended by itself: \(ended)") }
      }
      try await body()
      group.cancelAll()
    }
  }

  /// Where the engine's library is.
  static func prefix(_ checkout: Checkout) -> String {
    ProcessInfo.processInfo.environment["SLIPWAY_PREFIX"] ?? checkout.path(of: ".build-deps")
  }

  /// Runs a program of the system, such as `mount`.
  package static func program(_ name: String, _ arguments: String...) async throws -> CommandResult
  {
    try await Command.run(name, arguments)
  }
}
