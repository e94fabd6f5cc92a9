internal import Foundation
internal import Subprocess
internal import SystemPackage

/// One run of a program with what it wrote.
package struct CommandResult: Sendable {
  /// As typed, for messages.
  package let line: String
  package let status: Int32
  package let output: String
  package let errors: String

  /// The output.
  ///
  /// - Throws: ``StepFailure`` unless it exited with 0.
  @discardableResult
  package func succeeded() throws(StepFailure) -> String {
    try expect(
      status == 0, "`\(line)` exited with \(status): \(errors.isEmpty ? output : errors)")
    return output
  }

  /// What it said, all of it.
  ///
  /// - Throws: ``StepFailure`` if it exited with 0.
  package func refused() throws(StepFailure) -> String {
    try expect(status != 0, "`\(line)` was done; expected a refusal. It said: \(output)")
    return errors.isEmpty ? output : errors
  }
}

/// Runs programs, each in bounded time.
enum Command {
  private static let outputBytesMax = 4 << 20

  /// - Parameters:
  ///   - executable: a path, or a name that is looked up in `PATH`.
  ///   - variables: beside those of this process.
  /// - Throws: ``StepFailure`` if it can't be run or takes longer than `limit`; it is ended then.
  static func run(
    _ executable: String, _ arguments: [String], variables: [String: String] = [:],
    within limit: Duration = .seconds(60)
  ) async throws -> CommandResult {
    let name = executable.split(separator: "/").last.map(String.init) ?? executable
    let line = ([name] + arguments).joined(separator: " ")
    return try await withThrowingTaskGroup(of: CommandResult?.self) { group in
      group.addTask { try await runUnbounded(executable, arguments, variables, line) }
      group.addTask {
        try? await Task.sleep(for: limit)
        return nil
      }
      defer { group.cancelAll() }
      guard let result = try await group.next() ?? nil else {
        try Task.checkCancellation()
        throw StepFailure("`\(line)` took longer than \(limit.components.seconds) s")
      }
      return result
    }
  }

  private static func runUnbounded(
    _ executable: String, _ arguments: [String], _ variables: [String: String], _ line: String
  ) async throws -> CommandResult {
    var options = PlatformOptions()
    // A group of its own: Ctrl-C at the terminal is for whoever runs us.
    options.processGroupID = 0
    options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(2))]
    do {
      let result = try await Subprocess.run(
        executable.contains("/") ? .path(FilePath(executable)) : .name(executable),
        arguments: Arguments(arguments), environment: .inheriting(variables),
        platformOptions: options, input: .none,
        output: .string(limit: outputBytesMax), error: .string(limit: outputBytesMax))
      let status: Int32 =
        switch result.terminationStatus {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
      return CommandResult(
        line: line, status: status, output: result.standardOutput,
        errors: result.standardError.trimmingCharacters(in: .whitespacesAndNewlines))
    } catch let error as SubprocessError {
      throw StepFailure("`\(line)` could not be run: \(error)")
    }
  }
}

extension Environment {
  /// This process's environment, with these variables set.
  static func inheriting(_ variables: [String: String]) -> Environment {
    .inherit.updating(
      Dictionary(
        variables.compactMap { name, value in
          Environment.Key(rawValue: name).map { ($0, value) }
        }, uniquingKeysWith: { _, last in last }))
  }
}
