internal import ArgumentParser
internal import Contracts

struct DeployCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deploy", abstract: "Say which versions of a model run, and how many workers.",
    discussion: """
      slipway deploy magika --version 2 --replicas 3
      slipway deploy magika --version 1=90 --version 2=10
      slipway deploy magika --nothing
      """)

  @OptionGroup var options: DeployOptions
  @Argument(help: "The model.")
  var model: String
  @Option(
    name: .customLong("version"),
    help: ArgumentHelp(
      "A version and its share of the traffic in per cent; may be repeated.",
      valueName: "n[=weight]"), transform: VersionWeight.parse)
  var versions: [VersionWeight] = []
  @Option(
    parsing: .unconditional, help: .number("Workers of each version.", default: 1),
    transform: WholeNumber.parse)
  var replicas: UInt32 = 1
  @Option(help: "Where it serves; its approvals must be for there.")
  var environment = ""
  @Option(help: "Refuse if the deployment is not at this revision any more.")
  var expectedRevision: UInt64 = 0
  @Flag(help: "Run no version at all.")
  var nothing = false

  func validate() throws {
    guard nothing == versions.isEmpty else {
      throw ValidationError("expected --version N, or --nothing to run no version")
    }
  }

  func run() async throws {
    let targets = try nothing ? [] : TrafficSplit.targets(versions, replicas: replicas)
    let session = try await options.connection.session()
    try await options.set(
      targets, of: model, environment: environment, revision: expectedRevision, in: session)
  }
}
