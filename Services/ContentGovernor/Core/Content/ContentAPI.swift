import Contracts
package import RPC

/// Puts the verbs of content behind the methods of `content.proto`. Who may call what stands in their
/// descriptors and is enforced before any of this runs.
package struct ContentAPI: Sendable {
  private let desk: ContentDesk
  private let report: @Sendable (ContentError, CallContext) -> Void

  /// - Parameter report: told of failures that are the governor's own.
  package init(
    _ desk: ContentDesk, report: @escaping @Sendable (ContentError, CallContext) -> Void
  ) {
    self.desk = desk
    self.report = report
  }

  package func register(on router: inout Router) {
    registerReview(on: &router)
    registerReading(on: &router)
    registerSettings(on: &router)
  }

  private func registerReview(on router: inout Router) {
    let items = desk.items
    unary(Content.API.submitItem, on: &router) { request, asker throws(ContentError) in
      try await items.submit(request, by: asker)
    }
    unary(Content.API.reviseItem, on: &router) { request, asker throws(ContentError) in
      try await items.revise(request, by: asker)
    }
    unary(Content.API.commentItem, on: &router) { request, asker throws(ContentError) in
      try await items.comment(request, by: asker)
    }
    unary(Content.API.decideItem, on: &router) { request, asker throws(ContentError) in
      try await items.decide(request, by: asker)
    }
    unary(Content.API.releaseItem, on: &router) { request, asker throws(ContentError) in
      try await items.release(request, by: asker)
    }
    unary(Content.API.recallItem, on: &router) { request, asker throws(ContentError) in
      try await items.recall(request, by: asker)
    }
    unary(Content.API.fetchItem, on: &router) { request, asker throws(ContentError) in
      try await items.fetch(request, by: asker)
    }
  }

  private func registerReading(on router: inout Router) {
    let items = desk.items
    unary(Content.API.getItem, on: &router) { request, asker throws(ContentError) in
      try await items.item(request.item, for: asker)
    }
    unary(Content.API.getRevision, on: &router) { request, asker throws(ContentError) in
      try await items.revision(request, for: asker)
    }
    unary(Content.API.listItems, on: &router) { request, asker throws(ContentError) in
      try await items.list(request, for: asker)
    }
    unary(Content.API.listReviews, on: &router) { request, asker throws(ContentError) in
      try await items.reviews(request, for: asker)
    }
    unary(Content.API.listDeliveries, on: &router) { request, _ throws(ContentError) in
      Content.ListDeliveriesResponse(deliveries: try await items.deliveries(of: request.item))
    }
  }

  private func registerSettings(on router: inout Router) {
    let (workflows, templates, subjects) = (desk.workflows, desk.templates, desk.subjects)
    unary(Content.API.setWorkflow, on: &router) { request, asker throws(ContentError) in
      try await workflows.set(request, by: asker)
    }
    unary(Content.API.listWorkflows, on: &router) { _, _ throws(ContentError) in
      try await workflows.list()
    }
    unary(Content.API.setTemplate, on: &router) { request, asker throws(ContentError) in
      try await templates.set(request, by: asker)
    }
    unary(Content.API.approveTemplate, on: &router) { request, asker throws(ContentError) in
      try await templates.approve(request, by: asker)
    }
    unary(Content.API.listTemplates, on: &router) { request, _ throws(ContentError) in
      try await templates.list(request)
    }
    unary(Content.API.fillTemplate, on: &router) { request, asker throws(ContentError) in
      try await templates.fill(request, by: asker)
    }
    unary(Content.API.getSubject, on: &router) { request, _ throws(ContentError) in
      try await subjects.subject(named: request.person)
    }
    unary(Content.API.eraseSubject, on: &router) { request, asker throws(ContentError) in
      try await subjects.erase(request, by: asker)
    }
  }

  private func unary<Request, Response>(
    _ method: Method<Request, Response>, on router: inout Router,
    _ verb: @escaping @Sendable (Request, Asker) async throws(ContentError) -> Response
  ) {
    router.unary(method) { [report] request, context throws(RPCError) in
      do throws(ContentError) {
        return try await verb(request, Asker(context))
      } catch {
        if case .failed = error { report(error, context) }
        throw error.rpcError
      }
    }
  }
}
