internal import ArgumentParser
internal import SlipwaySupervisor

/// The option of a command that reads or writes a state directory.
struct StateOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "State directory of a suite on this machine (SLIPWAY_STATE).", valueName: "directory"),
    completion: .directory)
  var state: String?

  func directory(_ context: ToolContext) -> StateDirectory {
    let home = context.environment["HOME"] ?? "."
    return StateDirectory(
      path: state ?? context.setting("SLIPWAY_STATE") ?? "\(home)/.local/state/slipway")
  }
}
