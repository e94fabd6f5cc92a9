internal import Foundation
internal import Subprocess
internal import SystemPackage

/// The benchmarks' `rpc-echo`, as optimised as it is measured.
package struct EchoServer: Sendable {
  package let port: Int
  package let process: Int32

  /// Where a release build puts it; `nil` if there is none.
  package static func executable(in checkout: Checkout) -> String? {
    let path = checkout.path(of: ".build/release/rpc-echo")
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }

  /// Runs `body` beside a server, which is ended when it returns or throws.
  ///
  /// - Throws: what `body` throws, and ``StepFailure`` if the server does not listen.
  package static func run<Value: Sendable>(
    _ executable: String, mode: String, variables: [String: String],
    _ body: (EchoServer) async throws -> Value
  ) async throws -> Value {
    let said = FileManager.default.temporaryDirectory.appending(path: "echo-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: said) }
    var options = PlatformOptions()
    options.processGroupID = 0
    options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(2))]
    let output = try FileDescriptor.open(
      FilePath(said.path), .writeOnly, options: [.create, .truncate],
      permissions: .ownerReadWrite)
    let outcome = try await Subprocess.run(
      .path(FilePath(executable)), arguments: ["server", "--port", "0", "--mode", mode],
      environment: .inheriting(variables), platformOptions: options, input: .none,
      output: .fileDescriptor(output, closeAfterSpawningProcess: true),
      error: .combinedWithOutput
    ) { execution in
      let process = execution.processIdentifier.value
      let result: Result<Value, any Error>
      do {
        let port = try await eventually("the echo server to listen") {
          try expect(ProcessTable.isRunning(process), "the echo server ended: \(text(of: said))")
          return text(of: said).wholeMatch(of: /READY (\d+)\n/).flatMap { Int($0.output.1) }
        }
        result = .success(try await body(EchoServer(port: port, process: process)))
      } catch {
        result = .failure(error)
      }
      ProcessTable.kill(process, SIGKILL)
      return result
    }
    return try outcome.closureResult.get()
  }

  /// Has `rpc-echo client` call for a second, and returns how many calls it made.
  ///
  /// - Throws: ``StepFailure`` unless every call was answered.
  package func load(
    _ executable: String, mode: String, connections: Int, inFlight: Int
  ) async throws -> Int {
    let said = try await Command.run(
      executable,
      [
        "client", "--port", "\(port)", "--mode", mode, "--payload", "64", "--connections",
        "\(connections)", "--inflight", "\(inFlight)", "--warm-up", "0", "--seconds", "1",
      ]
    ).succeeded()
    let found = said.firstMatch(of: /\bcalls=(\d+) errors=0\b/)
    guard let calls = found.flatMap({ Int($0.output.1) }), calls > 0 else {
      throw StepFailure("the echo client answered no whole load: \(said)")
    }
    return calls
  }

  private static func text(of file: URL) -> String {
    String(decoding: FileManager.default.contents(atPath: file.path) ?? Data(), as: UTF8.self)
  }
}
