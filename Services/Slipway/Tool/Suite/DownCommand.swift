internal import ArgumentParser
internal import SlipwaySupervisor

struct DownCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "down", abstract: "End the suite that runs on a state directory, and wait for it.")

  @OptionGroup var global: GlobalOptions

  @Option(help: "How long to wait for it.")
  var timeout = TimeSpan.seconds(60)

  func run() async throws {
    let context = try ToolContext.current()
    let state = global.stateDirectory(context)
    let process = try await SupervisorLock.end(state, timeout: timeout.duration)
    context.present(DownView(state: state.path, processID: process), isJSON: global.json)
  }
}

private struct DownView: PresentableRow {
  static let columns = ["STATE", "PROCESS"]
  var state: String
  var processID: Int32
  var row: [String] { [state, "\(processID) ended"] }
}
