import Contracts
import GRDB
import Trust

/// The workflow and the template under which content is decided on.
struct Binding: Hashable, Sendable {
  let workflow: String
  let workflowRevision: UInt32
  /// 0 for none.
  let templateRevision: UInt32
  let templateDigest: [UInt8]

  init(_ row: RevisionRow) {
    workflow = row.workflow
    workflowRevision = row.workflowRevision
    templateRevision = row.templateRevision
    templateDigest = row.templateDigest
  }

  private init(workflow: Content.Workflow, template: TemplateRow?) {
    self.workflow = workflow.name
    workflowRevision = workflow.revision
    templateRevision = template?.revision ?? 0
    templateDigest = template?.digest ?? []
  }

  /// What is in force now for a purpose.
  ///
  /// - Throws: `refused` where nobody decides on such content, or its slot is none.
  static func inForce(for purpose: Purpose, in database: Database) throws -> Binding {
    let found = try WorkflowTable.inForce(
      channel: purpose.channel, locale: purpose.locale, in: database)
    guard let workflow = found else {
      throw ContentError.refused(
        "no workflow decides on channel `\(purpose.channel)` and locale `\(purpose.locale)`: "
          + "an admin sets one with `slipway workflow set FILE`")
    }
    guard !purpose.template.isEmpty else { return Binding(workflow: workflow, template: nil) }
    guard let template = try TemplateTable.approved(purpose.template, in: database) else {
      throw ContentError.refused(
        "no approved template is called `\(purpose.template)`: see `slipway template list`")
    }
    guard template.slots.contains(where: { $0.name == purpose.slot }) else {
      throw ContentError.refused(
        "template `\(purpose.template)` has no slot `\(purpose.slot)`, it has "
          + template.slots.map { "`\($0.name)`" }.joined(separator: ", "))
    }
    return Binding(workflow: workflow, template: template)
  }
}
