internal import Contracts
internal import RPC
internal import SlipwaySupervisor

/// A channel to the gateway and the way to show what it answers.
struct Session {
  let channel: any Channel
  let context: ToolContext
  let isJSON: Bool
  /// Of the suite that the gateway belongs to, if it runs on this machine.
  var state: StateDirectory?

  /// Workers that should run and do not; empty where the suite runs elsewhere.
  var absentWorkers: [AbsentWorker] { state?.absentWorkers() ?? [] }

  /// Changes of versions; none where the suite runs elsewhere.
  var swaps: [SwapWatch.Record] { state?.swaps() ?? [] }

  func call<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request
  ) async throws(ToolError) -> Response {
    do {
      return try await channel.call(method, request)
    } catch {
      throw ToolError(error)
    }
  }

  func present(_ result: some Presentable) {
    context.present(result, isJSON: isJSON)
  }

  /// A line for people only; programs read what `present` writes.
  func note(_ text: String) {
    if !isJSON { context.output.complain("\(text)\n") }
  }

  func model(_ name: String) async throws(ToolError) -> Registry.Model {
    try await call(Registry.API.getModel, Registry.GetModelRequest(name: name))
  }
}

extension ToolContext {
  func present(_ result: some Presentable, isJSON: Bool) {
    output.write(isJSON ? result.json : result.table.text(isTerminal: output.isTerminal))
  }
}
