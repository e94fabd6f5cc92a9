internal import ArgumentParser
internal import Contracts
internal import SlipwaySupervisor

struct WorkersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "workers", abstract: "Worker processes, one for each replica of a version.",
    subcommands: [List.self, Scale.self, Drain.self])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List workers that hold a lease, and those that were refused.",
      discussion: """
        A worker whose version may not or cannot be loaded, such as one that is not approved or whose \
        files differ from what was signed, is parked: it is not started again until the deployment \
        changes. It is listed with its reason where the suite runs on this machine.
        """)

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "Only of this model.")
    var model = ""

    func run() async throws {
      let session = try await connection.session()
      let response = try await session.call(
        Registry.API.listLeases, Registry.ListLeasesRequest(model: model))
      let parked = session.parkedWorkers.filter { model.isEmpty || $0.model == model }
      session.present(
        PresentableList(
          elements: response.leases.map { WorkerView($0) } + parked.map { WorkerView($0) }))
    }
  }

  struct Scale: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Change how many workers a deployed version has.")

    @OptionGroup var options: DeployOptions
    @Argument(help: "The model.")
    var model: String
    @Option(parsing: .unconditional, help: .number("How many."), transform: WholeNumber.parse)
    var replicas: UInt32
    @Option(
      name: .customLong("version"), help: "Which version, if several are deployed.")
    var version: UInt32 = 0

    func run() async throws {
      let session = try await options.connection.session()
      try await options.finish(
        try await session.call(
          Registry.API.scale,
          Registry.ScaleRequest(
            model: model, version: version, replicas: replicas, reason: options.reason.reason)),
        in: session)
    }
  }

  struct Drain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Let a worker finish what it took and end; another one takes its place.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var reason: KeyCommand.Reason
    @Argument(help: "Id of the worker.")
    var worker: String

    func run() async throws {
      let session = try await connection.session()
      let lease = try await session.call(
        Registry.API.drainWorker,
        Registry.DrainWorkerRequest(workerID: worker, reason: reason.reason))
      session.present(WorkerView(lease))
    }
  }
}
