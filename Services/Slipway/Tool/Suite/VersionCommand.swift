internal import ArgumentParser
internal import ServiceRuntime

struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "Say which release this is.")

  @Flag(help: "Write JSON instead of a table.")
  var json = false

  func run() throws {
    try ToolContext.current().present(ReleaseView(release: Release.name), isJSON: json)
  }
}

private struct ReleaseView: PresentableRow {
  static let columns = ["RELEASE"]
  var release: String
  var row: [String] { [release] }
}
