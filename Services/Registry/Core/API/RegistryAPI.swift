package import RPC
import Contracts

/// Puts the registry's verbs behind the methods of `registry.proto`.
///
/// Who may call what stands in the methods' descriptors and is enforced before any of this runs; here
/// only a key's list of models is looked at, for verbs that change something of one model.
package struct RegistryAPI: Sendable {
  private let service: RegistryService
  private let report: @Sendable (RegistryError, CallContext) -> Void

  /// - Parameter report: told of failures that are the registry's own, for its log.
  package init(
    _ service: RegistryService,
    report: @escaping @Sendable (RegistryError, CallContext) -> Void
  ) {
    self.service = service
    self.report = report
  }

  package func register(on router: inout Router) {
    registerPushes(on: &router)
    registerModels(on: &router)
    registerDeployments(on: &router)
    registerLeases(on: &router)
    registerWatch(on: &router)
  }

  private func registerPushes(on router: inout Router) {
    let pushes = service.pushes
    unary(Registry.API.beginPush, on: &router) {
      request, context throws(RegistryError) in
      try context.allow(model: request.model)
      return try await pushes.begin(request, by: context.author)
    }
    unary(Registry.API.putChunk, on: &router) { request, context throws(RegistryError) in
      try await pushes.put(request, by: context.author)
    }
    unary(Registry.API.commitPush, on: &router) { request, context throws(RegistryError) in
      try await pushes.commit(request, by: context.author)
    }
  }

  private func registerModels(on router: inout Router) {
    let models = service.models
    let approvals = service.approvals
    unary(Registry.API.listModels, on: &router) { request, _ throws(RegistryError) in
      try await models.list(request)
    }
    unary(Registry.API.getModel, on: &router) { request, _ throws(RegistryError) in
      try await models.model(request.name)
    }
    unary(Registry.API.getVersion, on: &router) { request, _ throws(RegistryError) in
      try await models.version(model: request.model, version: request.version)
    }
    unary(Registry.API.getEvidence, on: &router) { request, _ throws(RegistryError) in
      try await models.evidence(request)
    }
    unary(Registry.API.getChunk, on: &router) { request, _ throws(RegistryError) in
      try await models.chunk(request)
    }
    unary(Registry.API.setAlias, on: &router) { request, context throws(RegistryError) in
      try context.allow(model: request.model)
      return try await models.setAlias(request, by: context.author)
    }
    unary(Registry.API.approve, on: &router) { request, context throws(RegistryError) in
      try await approvals.approve(request, by: context.author)
    }
  }

  private func registerDeployments(on router: inout Router) {
    let deployments = service.deployments
    unary(Registry.API.setDeployment, on: &router) { request, context throws(RegistryError) in
      try context.allow(model: request.model)
      return try await deployments.set(request, by: context.author)
    }
    unary(Registry.API.rollback, on: &router) { request, context throws(RegistryError) in
      try context.allow(model: request.model)
      return try await deployments.rollBack(request, by: context.author)
    }
    unary(Registry.API.scale, on: &router) { request, context throws(RegistryError) in
      try context.allow(model: request.model)
      return try await deployments.scale(request, by: context.author)
    }
    unary(Registry.API.listDeployments, on: &router) { request, _ throws(RegistryError) in
      Registry.ListDeploymentsResponse(deployments: try await deployments.history(request))
    }
  }

  private func registerLeases(on router: inout Router) {
    let leases = service.leases
    let scaling = service.scaling
    unary(Registry.API.acquireLease, on: &router) { request, context throws(RegistryError) in
      try await leases.acquire(request, by: context.author)
    }
    unary(Registry.API.renewLease, on: &router) { request, _ throws(RegistryError) in
      let lease = try leases.renew(request)
      scaling.take(request, of: lease)
      return lease
    }
    unary(Registry.API.releaseLease, on: &router) { request, context throws(RegistryError) in
      try await leases.release(request, by: context.author)
      return Registry.ReleaseLeaseResponse()
    }
    unary(Registry.API.drainWorker, on: &router) { request, context throws(RegistryError) in
      try await leases.drain(request, by: context.author)
    }
    unary(Registry.API.listLeases, on: &router) { request, _ throws(RegistryError) in
      Registry.ListLeasesResponse(leases: leases.list(request))
    }
    unary(Registry.API.reportDemand, on: &router) { request, _ throws(RegistryError) in
      try await scaling.demand(request)
      return Registry.ReportDemandResponse()
    }
  }

  private func registerWatch(on router: inout Router) {
    let watches = service.watches
    router.serverStream(Registry.API.watchModels) {
      [self] _, context, writer throws(RPCError) in
      do throws(RegistryError) {
        var watch = try watches.begin()
        while let state = try await watch.next() {
          do throws(RPCError) {
            try await writer.write(state)
          } catch {
            // Nobody waits for more.
            return
          }
        }
      } catch {
        throw told(error, context)
      }
    }
  }

  private func unary<Request, Response>(
    _ method: Method<Request, Response>, on router: inout Router,
    _ verb:
      @escaping @Sendable (Request, CallContext) async throws(RegistryError) -> Response
  ) {
    router.unary(method) { [self] request, context throws(RPCError) in
      do throws(RegistryError) {
        return try await verb(request, context)
      } catch {
        throw told(error, context)
      }
    }
  }

  private func told(_ error: RegistryError, _ context: CallContext) -> RPCError {
    switch error {
    case .failed, .corrupt: report(error, context)
    default: break
    }
    return error.rpcError
  }
}
