internal import ArgumentParser
internal import Contracts

struct CanaryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "canary", abstract: "Give a version a small share of the traffic.")

  @OptionGroup var options: DeployOptions
  @Argument(help: "The model.")
  var model: String
  @Argument(help: "Number of the version.")
  var version: UInt32
  @Option(
    parsing: .unconditional, help: .number("Its share of the traffic in per cent.", default: 5),
    transform: WholeNumber.parse)
  var weight: UInt32 = 5
  @Option(
    parsing: .unconditional, help: .number("Its workers.", default: 1),
    transform: WholeNumber.parse)
  var replicas: UInt32 = 1

  func run() async throws {
    let session = try await options.connection.session()
    let current = try await session.model(model).deployment ?? Registry.Deployment()
    let targets = try TrafficSplit.canary(
      current.targets, version: version, weight: weight, replicas: replicas)
    try await options.set(
      targets, of: model, environment: current.environment, revision: current.revision,
      in: session)
  }
}
