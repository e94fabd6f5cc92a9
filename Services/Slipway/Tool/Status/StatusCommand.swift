internal import ArgumentParser
internal import Contracts

struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Services, models, workers and latency at a glance.")

  @OptionGroup var connection: ConnectionOptions

  func run() async throws {
    let session = try await connection.session()
    let status = try await session.call(Gateway.API.getStatus, Gateway.GetStatusRequest())
    let models = try await session.models()
    session.present(
      StatusView(
        status, models: models, absent: session.absentWorkers, swaps: session.swaps))
  }
}
