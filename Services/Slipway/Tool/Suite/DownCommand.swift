internal import ArgumentParser
internal import SlipwaySupervisor

struct DownCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "down", abstract: "End the suite that runs on a state directory, and wait for it.")

  private static let timeoutDefault = TimeSpan.seconds(60)

  @OptionGroup var place: StateOptions
  @OptionGroup var output: OutputOptions

  @Option(
    parsing: .unconditional, help: .time("How long to wait for it.", default: Self.timeoutDefault),
    transform: TimeSpan.parse)
  var timeout: TimeSpan = Self.timeoutDefault

  func run() async throws {
    let context = try ToolContext.current()
    let state = place.directory(context)
    let process = try await SupervisorLock.end(state, timeout: timeout.duration)
    context.present(DownView(state: state.path, processID: process), isJSON: output.json)
  }
}

private struct DownView: PresentableRow {
  static let columns = ["STATE", "PROCESS"]
  var state: String
  var processID: Int32
  var row: [String] { [state, "\(processID) ended"] }
}
