internal import Foundation
internal import Subprocess
internal import SystemPackage

/// A program of Tests/Integration/Peers that is at the other end of a service's port.
package enum Peer {
  private static let errorBytesMax = 1 << 20
  /// How long a peer may take to get where it says `ready`, and to end.
  private static let limit = Duration.seconds(120)

  /// Runs a peer to its end.
  ///
  /// - Parameter script: a file of Tests/Integration/Peers.
  /// - Throws: ``StepFailure`` with what it says was wrong.
  package static func run(
    _ script: String, _ arguments: String..., in checkout: Checkout
  ) async throws {
    try await RunningSuite.python(path(script), arguments, in: checkout, within: limit).succeeded()
  }

  /// Runs `body` while a peer holds what it has done: from the line `ready` until its input ends.
  ///
  /// - Throws: what `body` throws, and ``StepFailure`` with what the peer says was wrong.
  package static func hold<Value: Sendable>(
    _ script: String, _ arguments: String..., in checkout: Checkout,
    _ body: () async throws -> Value
  ) async throws -> Value {
    try await hold(script, arguments, in: checkout) { _ in try await body() }
  }

  /// What runs while ``hold(_:_:in:_:)-swift.type.method`` does.
  package struct Held {
    private let output: URL
    private let input: StandardInputWriter

    fileprivate init(output: URL, input: StandardInputWriter) {
      self.output = output
      self.input = input
    }

    /// All that it has said so far.
    package var said: String {
      String(decoding: FileManager.default.contents(atPath: output.path) ?? Data(), as: UTF8.self)
    }

    /// Tells it to go on.
    package func tell(_ line: String) async throws {
      _ = try await input.write(line + "\n")
    }
  }

  /// The same; `body` can listen and talk to the peer.
  package static func hold<Value: Sendable>(
    _ script: String, _ arguments: [String], in checkout: Checkout,
    _ body: (Held) async throws -> Value
  ) async throws -> Value {
    let ready = FileManager.default.temporaryDirectory.appending(path: "ready-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: ready) }
    var options = PlatformOptions()
    options.processGroupID = 0
    options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(2))]
    let output = try FileDescriptor.open(
      FilePath(ready.path), .writeOnly, options: [.create, .truncate],
      permissions: .ownerReadWrite)
    let outcome = try await Subprocess.run(
      .name("python3"), arguments: Arguments([checkout.path(of: path(script))] + arguments),
      platformOptions: options, input: .inputWriter,
      output: .fileDescriptor(output, closeAfterSpawningProcess: true),
      error: .string(limit: errorBytesMax)
    ) { execution in
      let process = execution.processIdentifier.value
      let result: Result<Value, any Error>
      do {
        _ = try await eventually("`\(script)` to be ready", within: limit) {
          try expect(ProcessTable.isRunning(process), "`\(script)` ended before it was ready")
          return FileManager.default.contents(atPath: ready.path)?.contains(10) == true ? true : nil
        }
        result = .success(
          try await body(Held(output: ready, input: execution.standardInputWriter)))
      } catch {
        result = .failure(error)
      }
      try await execution.standardInputWriter.finish()
      return result
    }
    let errors = outcome.standardError.trimmingCharacters(in: .whitespacesAndNewlines)
    if case .failure(let error) = outcome.closureResult {
      throw errors.isEmpty ? error : StepFailure("\(error)\n\(errors)")
    }
    try expect(outcome.terminationStatus.isSuccess, "`\(script)`: \(errors)")
    return try outcome.closureResult.get()
  }

  private static func path(_ script: String) -> String { "Tests/Integration/Peers/\(script)" }
}
