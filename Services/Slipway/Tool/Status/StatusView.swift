internal import Contracts
internal import SlipwaySupervisor

/// The suite at a glance.
struct StatusView: Presentable {
  struct Service: Encodable {
    var name: String
    var endpoint: String
    var state: String
    var release: String
  }

  struct Latency: Encodable {
    var model: String
    var version: UInt32
    var requests: UInt64
    var failures: UInt64
    var p50Nanoseconds: UInt64
    var p99Nanoseconds: UInt64
  }

  var services: [Service]
  var models: [ModelView]
  var absent: [WorkerView]
  var latency: [Latency]
  /// What the last change of versions of each model took of memory.
  var swaps: [SwapWatch.Record]

  init(
    _ status: Gateway.GetStatusResponse, models: [Registry.Model], absent: [AbsentWorker] = [],
    swaps: [SwapWatch.Record] = []
  ) {
    services = status.services.map {
      Service(name: $0.name, endpoint: $0.endpoint, state: $0.state, release: $0.release)
    }
    self.models = models.map(ModelView.init)
    self.absent = absent.map { WorkerView($0) }
    self.swaps = swaps
    latency = status.latency.map {
      Latency(
        model: $0.model, version: $0.version, requests: $0.requests, failures: $0.failures,
        p50Nanoseconds: $0.p50, p99Nanoseconds: $0.p99)
    }
  }

  var table: Table {
    let services = services.map { ["service", $0.name, $0.state, $0.endpoint] }
    let models = models.map { model in
      let serving = model.workers.count { $0.state == "serving" }
      return [
        "model", model.name, "\(serving) serving", model.deployment?.split ?? "not deployed",
      ]
    }
    let absent = absent.map { ["worker", $0.id, $0.state, $0.reason ?? ""] }
    let latency = latency.map {
      [
        "latency", "\($0.model) \($0.version)",
        "\($0.requests) calls, \($0.failures) failed",
        "p50 \(Spelling.nanoseconds($0.p50Nanoseconds)), p99 \(Spelling.nanoseconds($0.p99Nanoseconds))",
      ]
    }
    let swaps = swaps.map { swap in
      let (from, to) = (Self.list(swap.from), Self.list(swap.to))
      return [
        "swap", swap.model, "\(from) to \(to)",
        "memory \(Spelling.size(swap.bytesBefore)) before, \(Spelling.size(swap.bytesMost)) meanwhile, "
          + "\(Spelling.size(swap.bytesAfter)) after",
      ]
    }
    return Table(
      columns: ["WHAT", "NAME", "STATE", "DETAIL"],
      rows: services + models + absent + latency + swaps)
  }

  private static func list(_ versions: [UInt32]) -> String {
    versions.map { "\($0)" }.joined(separator: ",")
  }
}
