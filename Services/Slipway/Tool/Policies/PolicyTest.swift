internal import ArgumentParser
internal import ContentPolicy
internal import Contracts
internal import Foundation

struct PolicyTest: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Compile a bundle and hold it against its own examples, here.")

  @OptionGroup var output: OutputOptions
  @Argument(help: "Folder of the bundle.", completion: .directory)
  var folder: String

  func run() async throws {
    let context = try ToolContext.current()
    let bundle = try PolicyFolder.compile(try PolicyFolder.files(in: folder))
    let faults = Self.faults(of: bundle)
    guard faults.isEmpty else {
      throw ToolError(
        .failed,
        "\(faults.count) of \(bundle.examples.count) examples do not hold\n"
          + faults.joined(separator: "\n"))
    }
    context.present(
      TestView(
        bundle: "\(bundle.name)@\(bundle.version)", digest: bundle.digest,
        rules: bundle.ruleNames.count, examples: bundle.examples.count), isJSON: output.json)
  }

  /// With file and line.
  static func faults(of bundle: PolicyBundle) -> [String] {
    bundle.examples.compactMap { example in
      let verdict = bundle.check(Array(example.text.utf8), in: example.context)
      return example.fault(in: verdict).map { "\(example.file):\(example.line): \($0)" }
    }
  }
}

private struct TestView: PresentableRow {
  static let columns = ["BUNDLE", "DIGEST", "RULES", "EXAMPLES"]
  var bundle: String
  var digest: String
  var rules: Int
  var examples: Int
  var row: [String] { [bundle, String(digest.prefix(19)), "\(rules)", "\(examples)"] }
}

struct PolicyCheck: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "What the governor says of a text.",
    discussion: """
      The bundle is the one in force for --model, --channel and --locale unless --bundle names one. \
      Exit status 3 if the text is held or blocked.
      """)

  @OptionGroup var connection: ConnectionOptions
  @Argument(help: "The file.", completion: .file())
  var file: String
  @Option(help: "NAME, NAME@VERSION or digest.")
  var bundle = ""
  @Option(help: "plain, markdown or html; by the file's ending if not said.")
  var format: String?
  @Option(help: "Where it is to appear.")
  var channel = ""
  @Option(help: "For whom, such as de-AT.")
  var locale = ""
  @Option(help: "The model that takes or gives it.")
  var model = ""

  func run() async throws {
    guard let content = FileManager.default.contents(atPath: file) else {
      throw ToolError(.notFound, "`\(file)` can't be read")
    }
    let session = try await connection.session()
    let verdict = try await session.call(
      Policies.API.check,
      Policies.CheckRequest(
        content: [UInt8](content), format: format ?? Self.format(of: file), channel: channel,
        locale: locale, model: model, bundle: bundle))
    session.present(PolicyVerdictView(verdict))
    if verdict.action == "hold" || verdict.action == "block" {
      throw ToolError(.refused, "`\(file)`: \(verdict.action)")
    }
  }

  /// By what files are called.
  static func format(of path: String) -> String {
    switch path.split(separator: ".").last.map({ $0.lowercased() }) {
    case "md", "markdown": "markdown"
    case "html", "htm": "html"
    default: "plain"
    }
  }
}
