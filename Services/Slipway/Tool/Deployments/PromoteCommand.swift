internal import ArgumentParser
internal import Contracts

struct PromoteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "promote", abstract: "Give a version all of the traffic.")

  @OptionGroup var options: DeployOptions
  @Argument(help: "The model.")
  var model: String
  @Argument(help: "Number of the version.")
  var version: UInt32
  @Option(
    parsing: .unconditional,
    help: .number("Its workers; as many as the largest deployed version had, if not given."),
    transform: WholeNumber.parse)
  var replicas: UInt32?

  func run() async throws {
    let session = try await options.connection.session()
    let current = try await session.model(model).deployment ?? Registry.Deployment()
    try await options.set(
      TrafficSplit.promote(current.targets, version: version, replicas: replicas), of: model,
      environment: current.environment, revision: current.revision, in: session)
  }
}
