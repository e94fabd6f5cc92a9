internal import ArgumentParser
internal import Contracts
internal import SlipwaySupervisor

struct WorkersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "workers", abstract: "Worker processes, one for each replica of a version.",
    subcommands: [List.self, ScaleCommand.self, Drain.self])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List workers that hold a lease, and those that should run and do not.",
      discussion: """
        A worker whose version may not or cannot be loaded, such as one that is not approved or whose \
        files differ from what was signed, is parked: it is not started again until the deployment \
        changes. So is one that has crashed five times before it served. One that ends otherwise \
        before it serves is failing, and tried again; one that there is no memory or processor for \
        is waiting. They are listed with the reason where the suite runs on this machine.
        """)

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "Only of this model.")
    var model = ""

    func run() async throws {
      let session = try await connection.session()
      let response = try await session.call(
        Registry.API.listLeases, Registry.ListLeasesRequest(model: model))
      let absent = session.absentWorkers.filter { model.isEmpty || $0.model == model }
      session.present(
        PresentableList(
          elements: response.leases.map { WorkerView($0) } + absent.map { WorkerView($0) }))
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
