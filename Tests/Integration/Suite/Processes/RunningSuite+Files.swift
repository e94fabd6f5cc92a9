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

  /// What a service's small HTTP port answers.
  ///
  /// - Parameters:
  ///   - address: host:port.
  ///   - path: such as `/metrics`.
  /// - Throws: ``StepFailure`` unless the status is 200.
  package static func get(_ path: String, at address: String) async throws -> String {
    let script =
      "import sys, urllib.request as r; sys.stdout.write(r.urlopen(sys.argv[1], timeout=20).read().decode())"
    return try await Command.run("python3", ["-c", script, "http://\(address)\(path)"]).succeeded()
  }

  /// Where a worker's metrics are, as it said when it started.
  package func operationsAddress(ofWorker id: String) async throws -> String {
    try await eventually("worker `\(id)` to say where its metrics are") {
      logs().split(separator: "\n").first { $0.hasPrefix(id) && $0.contains("metrics and health") }?
        .split(separator: "address=").last.map(String.init)
    }
  }

  /// Runs a program of the system, such as `mount`.
  package static func program(_ name: String, _ arguments: String...) async throws -> CommandResult
  {
    try await Command.run(name, arguments)
  }
}
