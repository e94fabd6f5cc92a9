internal import Foundation
internal import ServiceRuntime
internal import Subprocess
internal import SystemPackage
internal import TransportTCP

extension RunningSuite {
  /// Longer than `slipway up` gives its children.
  private static let endingTime = Duration.seconds(45)

  /// Runs `body` on a suite, which is ended when it returns or throws: no process is left.
  ///
  /// - Parameters:
  ///   - folder: what an earlier suite left there goes on.
  ///   - portBase: free ports if there is none.
  ///   - arguments: for `slipway up`, beside where it runs.
  ///   - variables: for the services, beside those of this process.
  ///   - endsInOrder: whether `slipway up` must exit with 0; false where `body` kills it.
  /// - Throws: what `body` throws, and ``StepFailure`` with the logs if the suite does not come up or
  ///   does not end well.
  package static func withSuite<Value: Sendable>(
    in folder: SuiteFolder, from checkout: Checkout, portBase: Int? = nil,
    arguments: [String] = [], variables extra: [String: String] = [:], endsInOrder: Bool = true,
    _ body: (RunningSuite) async throws -> Value
  ) async throws -> Value {
    let portBase = try portBase ?? PortBase.free()
    let slipway = checkout.executables.appending(path: "slipway").path
    try expect(
      FileManager.default.isExecutableFile(atPath: slipway),
      "expected the executable `\(slipway)`: build it with scripts/build")
    let variables = self.variables(folder, checkout).merging(extra) { _, last in last }
    var options = PlatformOptions()
    // Ctrl-C at the terminal is for us; we end the suite in order.
    options.processGroupID = 0
    options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: endingTime)]
    let console = try FileDescriptor.open(
      FilePath(folder.console.path), .writeOnly, options: [.create, .append],
      permissions: .ownerReadWrite)
    defer { endLeftovers(of: folder) }
    // What an unclean end left would be read as this start's.
    try? FileManager.default.removeItem(at: folder.state.appending(path: "endpoints.json"))
    let outcome = try await Subprocess.run(
      .path("/bin/sh"),
      // With as few open files as an ordinary session begins with.
      arguments: Arguments(
        [
          "-c", "ulimit -S -n 1024; exec \"$@\"", "sh", slipway, "up", "--state",
          folder.state.path, "--port-base", "\(portBase)",
        ] + arguments),
      environment: .inheriting(variables), platformOptions: options, input: .none,
      output: .fileDescriptor(console, closeAfterSpawningProcess: true),
      error: .combinedWithOutput
    ) { execution in
      let process = execution.processIdentifier.value
      let result: Result<Value, any Error>
      do {
        let suite = try await ready(
          folder, checkout, supervisor: process, variables: variables)
        result = .success(try await body(suite))
      } catch {
        result = .failure(error)
      }
      ProcessTable.kill(process, SIGTERM)
      await end(process)
      return result
    }
    let value = try outcome.closureResult.get()
    try expect(
      !endsInOrder || outcome.terminationStatus.isSuccess,
      "`slipway up` ended with \(outcome.terminationStatus)\n"
        + SuiteLogs(folder: folder).tails(lines: 15))
    return value
  }

  private static func variables(_ folder: SuiteFolder, _ checkout: Checkout) -> [String: String] {
    [
      "SLIPWAY_STATE": folder.state.path,
      "SLIPWAY_PREFIX": prefix(checkout),
      "HOME": folder.home.path,
      "XDG_CONFIG_HOME": folder.home.path,
    ]
  }

  private static func ready(
    _ folder: SuiteFolder, _ checkout: Checkout, supervisor: Int32, variables: [String: String]
  ) async throws -> RunningSuite {
    let file = folder.state.appending(path: "endpoints.json").path
    do {
      let content = try await eventually("`endpoints.json`", within: .seconds(60)) {
        if let content = FileManager.default.contents(atPath: file) { return content }
        return ProcessTable.isRunning(supervisor) ? nil : Data()
      }
      let endpoints = try JSONDecoder().decode([String: String].self, from: content)
      let key = try String(
        contentsOf: folder.state.appending(path: "admin.key"), encoding: .utf8)
      return RunningSuite(
        folder: folder, checkout: checkout, supervisor: supervisor, endpoints: endpoints,
        adminKey: key.trimmingCharacters(in: .whitespacesAndNewlines), variables: variables,
        connector: Connector(
          tls: variables["SLIPWAY_CERTS"].map { TLSSettings(folder: $0, role: nil) }))
    } catch {
      throw StepFailure(
        "the suite did not come up: \(error)\n\(SuiteLogs(folder: folder).tails(lines: 15))")
    }
  }

  /// Waits for the supervisor's end; after ``endingTime`` it is killed.
  private static func end(_ process: Int32) async {
    let deadline = ContinuousClock.now + endingTime
    while ProcessTable.isRunning(process), ContinuousClock.now < deadline {
      // Also when this task is cancelled, the suite gets its time.
      await Task { try? await Task.sleep(for: .milliseconds(50)) }.value
    }
    if ProcessTable.isRunning(process) { ProcessTable.kill(process) }
  }

  /// Whatever the supervisor did not end: everything that was started for the state directory.
  private static func endLeftovers(of folder: SuiteFolder) {
    for (process, _) in ProcessTable.processes(with: "SLIPWAY_STATE", folder.state.path) {
      ProcessTable.kill(process)
    }
  }
}
