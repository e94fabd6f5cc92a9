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

  /// Runs a program of the system, such as `mount`.
  package static func program(_ name: String, _ arguments: String...) async throws -> CommandResult
  {
    try await Command.run(name, arguments)
  }
}
