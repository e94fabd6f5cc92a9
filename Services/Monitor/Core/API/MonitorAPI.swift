import Contracts
package import RPC

/// Puts the monitor's verbs behind the methods of `monitor.proto`. Who may call what stands in their
/// descriptors; here a key's list of models is looked at.
package struct MonitorAPI: Sendable {
  private let service: MonitorService
  private let report: @Sendable (MonitorError, CallContext) -> Void

  /// - Parameter report: told of failures that are the monitor's own, for its log.
  package init(
    _ service: MonitorService, report: @escaping @Sendable (MonitorError, CallContext) -> Void
  ) {
    self.service = service
    self.report = report
  }

  package func register(on router: inout Router) {
    registerRecords(on: &router)
    registerBaselines(on: &router)
    registerQuality(on: &router)
    registerAlerts(on: &router)
  }

  private func registerRecords(on router: inout Router) {
    let (records, summaries, exports) = (service.records, service.summaries, service.exports)
    unary(Monitor.API.record, on: &router) { request, _ throws(MonitorError) in
      try await records.record(request)
    }
    unary(Monitor.API.summarize, on: &router) { request, context throws(MonitorError) in
      if let model = request.window?.model, !model.isEmpty { try context.allow(model) }
      return try await summaries.summarize(request, models: context.models)
    }
    unary(Monitor.API.exportRecords, on: &router) { request, context throws(MonitorError) in
      try context.allow(request.window?.model ?? "")
      return try await exports.page(request)
    }
  }

  private func registerBaselines(on router: inout Router) {
    let (baselines, drifts) = (service.baselines, service.drifts)
    unary(Monitor.API.takeBaseline, on: &router) { request, context throws(MonitorError) in
      try context.allow(request.window?.model ?? "")
      return try await baselines.take(request, by: context.author)
    }
    unary(Monitor.API.pushBaseline, on: &router) { request, context throws(MonitorError) in
      try context.allow(request.model)
      return try await baselines.push(request, by: context.author)
    }
    unary(Monitor.API.listBaselines, on: &router) { request, context throws(MonitorError) in
      try context.allow(request.model)
      return try await baselines.list(request)
    }
    unary(Monitor.API.getDrift, on: &router) { request, context throws(MonitorError) in
      try context.allow(request.window?.model ?? "")
      return try await drifts.report(request)
    }
  }

  private func registerQuality(on router: inout Router) {
    let (labels, quality) = (service.labels, service.quality)
    unary(Monitor.API.setTask, on: &router) { request, context throws(MonitorError) in
      try context.allow(request.task?.model ?? "")
      return try await quality.setTask(request, by: context.author)
    }
    unary(Monitor.API.addLabels, on: &router) { request, context throws(MonitorError) in
      try context.allow(request.model)
      return try await labels.add(request, by: context.author)
    }
    unary(Monitor.API.getQuality, on: &router) { request, context throws(MonitorError) in
      try context.allow(request.window?.model ?? "")
      return try await quality.report(request)
    }
  }

  private func registerAlerts(on router: inout Router) {
    let alerts = service.alerts
    unary(Monitor.API.setWatch, on: &router) { request, context throws(MonitorError) in
      try context.allow(request.model)
      return try await alerts.setWatch(request, by: context.author)
    }
    unary(Monitor.API.listAlerts, on: &router) { request, context throws(MonitorError) in
      if !request.model.isEmpty { try context.allow(request.model) }
      return try await alerts.list(request, models: context.models)
    }
    unary(Monitor.API.acknowledgeAlert, on: &router) { request, context throws(MonitorError) in
      try await alerts.acknowledge(request, by: context.author, models: context.models)
    }
  }

  private func unary<Request, Response>(
    _ method: Method<Request, Response>, on router: inout Router,
    _ verb: @escaping @Sendable (Request, CallContext) async throws(MonitorError) -> Response
  ) {
    router.unary(method) { [self] request, context throws(RPCError) in
      do throws(MonitorError) {
        return try await verb(request, context)
      } catch {
        if case .failed = error { report(error, context) }
        throw error.rpcError
      }
    }
  }
}
