internal import Foundation

/// A state directory on which `slipway up --detach` is tried.
package struct DetachedRun: Sendable {
  private let folder: SuiteFolder
  private let checkout: Checkout
  private let portBase: Int

  /// Runs `body`; no process is left, whatever happens.
  ///
  /// - Parameter other: whose ports it takes, instead of free ones.
  package static func with(
    portsOf other: DetachedRun? = nil, _ body: (DetachedRun) async throws -> Void
  ) async throws {
    let run = DetachedRun(
      folder: try SuiteFolder(), checkout: try Checkout(),
      portBase: try other?.portBase ?? PortBase.free())
    defer {
      for process in run.leftovers { ProcessTable.kill(process) }
      run.folder.remove()
    }
    try await body(run)
  }

  package func up() async throws -> CommandResult {
    try await slipway("up", "--detach", "--port-base", "\(portBase)")
  }

  package func slipway(_ arguments: String...) async throws -> CommandResult {
    try await Command.run(
      checkout.executables.appending(path: "slipway").path, arguments,
      variables: [
        "SLIPWAY_STATE": folder.state.path, "HOME": folder.home.path,
        "SLIPWAY_PREFIX": checkout.path(of: ".build-deps"),
      ], within: .seconds(180))
  }

  /// Opens the folder of keys to everybody, which no service accepts.
  package func breakKeys() throws {
    let keys = folder.state.appending(path: "keys").path
    try FileManager.default.createDirectory(
      atPath: keys, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o777])
    try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: keys)
  }

  /// Processes that were started for the state directory and run.
  package var leftovers: [Int32] {
    ProcessTable.processes(with: "SLIPWAY_STATE", folder.state.path).map(\.process)
  }
}
