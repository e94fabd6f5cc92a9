import AuditLog
package import Contracts
import GRDB

/// The verbs of workflows.
package struct Workflows: Sendable {
  let store: ContentStore

  /// Sets who decides. What waits for a decision under the revision before begins anew when it is next
  /// decided on.
  package func set(
    _ request: Content.SetWorkflowRequest, by asker: Asker
  ) async throws(ContentError) -> Content.Workflow {
    let workflow = request.workflow ?? Content.Workflow()
    try ContentNames.checkKey(request.requestKey)
    try ContentNames.checkText(request.reason, "the reason")
    try WorkflowRule.check(workflow)
    return try await store.change { database in
      let person = try PartyTable.person(named: asker.name, in: database)
      if let done = try RequestTable.subject(
        of: "workflow", by: person, key: request.requestKey, in: database)
      {
        return (try WorkflowTable.read(workflow.name, UInt32(done) ?? 0, in: database), [])
      }
      let kept = try WorkflowTable.add(workflow, in: database)
      try RequestTable.add(
        "workflow", of: "\(kept.revision)", by: person, key: request.requestKey, in: database)
      return (kept, [Self.change(kept, by: asker, reason: request.reason)])
    }
  }

  package func list() async throws(ContentError) -> Content.ListWorkflowsResponse {
    try await store.read { database in
      Content.ListWorkflowsResponse(workflows: try WorkflowTable.newest(in: database))
    }
  }

  /// Without people: who holds a role stands beside the log, where it can be erased.
  private static func change(
    _ workflow: Content.Workflow, by asker: Asker, reason: String
  ) -> ContentChange {
    ContentChange(
      action: .workflowSet, actor: asker.name,
      subject: AuditReference(.workflow, workflow.name),
      after: [
        "revision": .integer(Int64(workflow.revision)),
        "channels": .array(workflow.channels.map { .string($0) }),
        "locales": .array(workflow.locales.map { .string($0) }),
        "steps": .array(
          workflow.steps.map { step in
            .object([
              "name": .string(step.name), "need": .string(step.need),
              "quorum": .integer(Int64(step.quorum)), "within": .integer(Int64(step.within)),
              "roles": .array(step.roles.map { .string($0) }),
            ])
          }),
      ], reason: reason)
  }
}
