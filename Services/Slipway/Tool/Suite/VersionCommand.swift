internal import ArgumentParser
internal import ServiceRuntime

struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "Say which release this is.")

  @OptionGroup var output: OutputOptions

  func run() throws {
    try ToolContext.current().present(ReleaseView(release: Release.name), isJSON: output.json)
  }
}

private struct ReleaseView: PresentableRow {
  static let columns = ["RELEASE"]
  var release: String
  var row: [String] { [release] }
}
