internal import ArgumentParser

struct VersionCommand: ParsableCommand {
  /// Release of the suite.
  static let release = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "Say which release this is.")

  @Flag(help: "Write JSON instead of a table.")
  var json = false

  func run() throws {
    try ToolContext.current().present(VersionView(release: Self.release), isJSON: json)
  }
}

private struct VersionView: PresentableRow {
  static let columns = ["RELEASE"]
  var release: String
  var row: [String] { [release] }
}
