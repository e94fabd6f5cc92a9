internal import Foundation

/// What operators look at: health, metrics, ports.
extension RunningSuite {
  /// What `slipway up` was started with: the gateway's port.
  package var portBase: Int? {
    endpoints["gateway"].flatMap { $0.split(separator: ":").last }.flatMap { Int($0) }
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
}
