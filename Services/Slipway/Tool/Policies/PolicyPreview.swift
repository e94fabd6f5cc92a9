internal import ArgumentParser
internal import ContentPolicy
internal import Foundation

struct PolicyPreview: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preview", abstract: "What a bundle would stop of texts that are out already.",
    discussion: """
      Holds every text of a folder (.txt, .md, .html) against the bundle, here, and shows those that it \
      would not let pass as they are. Exit status 3 if there are any.
      """)

  @OptionGroup var connection: ConnectionOptions
  @Argument(help: "Folder of the bundle, or NAME, NAME@VERSION or digest with the governor.")
  var bundle: String
  @Argument(help: "Folder of texts.", completion: .directory)
  var texts: String
  @Option(help: "Where they appear.")
  var channel = ""
  @Option(help: "For whom, such as de-AT.")
  var locale = ""

  func run() async throws {
    let context = try ToolContext.current()
    let bundle = try PolicyFolder.compile(try await PolicyFolder.bundle(bundle, connection))
    let files = try PolicyFolder.files(in: texts).filter {
      ["txt", "md", "markdown", "html", "htm"].contains(
        $0.path.split(separator: ".").last.map { $0.lowercased() } ?? "")
    }
    let stopped = files.compactMap { file -> PreviewView? in
      let format = ContentFormat(rawValue: PolicyCheck.format(of: file.path)) ?? .plain
      let verdict = bundle.check(
        file.content, in: CheckContext(format, channel: channel, locale: locale))
      guard verdict.action != .allow else { return nil }
      return PreviewView(
        text: file.path, action: verdict.action.rawValue,
        rules: Set(verdict.findings.filter { $0.action == verdict.action }.map(\.rule)).sorted())
    }
    context.present(PresentableList(elements: stopped), isJSON: connection.json)
    if !stopped.isEmpty {
      throw ToolError(
        .refused, "\(stopped.count) of \(files.count) texts would not pass as they are")
    }
  }
}

private struct PreviewView: PresentableRow {
  static let columns = ["TEXT", "ACTION", "RULES"]
  var text: String
  var action: String
  var rules: [String]
  var row: [String] { [text, action, rules.joined(separator: ",")] }
}
