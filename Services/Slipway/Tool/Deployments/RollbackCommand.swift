internal import ArgumentParser
internal import Contracts

struct RollbackCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback",
    abstract: "Go back to what ran before the newest deployed version, if its approvals hold.")

  @OptionGroup var options: DeployOptions
  @Argument(help: "The model.")
  var model: String

  func run() async throws {
    let session = try await options.connection.session()
    try await options.finish(
      try await session.call(
        Registry.API.rollback,
        Registry.RollbackRequest(model: model, reason: options.reason.reason)), in: session)
  }
}
