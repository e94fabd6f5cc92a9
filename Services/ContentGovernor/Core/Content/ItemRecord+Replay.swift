import GRDB
import Trust

extension ItemRecord {
  /// The machine again, from what was written down of it.
  ///
  /// - Throws: `failed` for rows that the machine did not write.
  static func replay(
    _ acts: [ActRow], _ revisions: [RevisionRow], _ id: String, in database: Database
  ) throws -> ItemCase {
    var workflows: [String: Workflow] = [:]
    func reviewed(_ number: UInt32) throws -> ReviewedRevision {
      guard let row = revisions.first(where: { $0.number == number }) else {
        throw ContentError.failed(cause: "item `\(id)` has no revision \(number)")
      }
      let name = "\(row.workflow)/\(row.workflowRevision)"
      let workflow =
        try workflows[name]
        ?? WorkflowTable.machine(row.workflow, row.workflowRevision, in: database)
      workflows[name] = workflow
      return row.reviewed(by: workflow)
    }
    guard let first = acts.first, first.kind == "submit" else {
      throw ContentError.failed(cause: "item `\(id)` was never submitted")
    }
    var itemCase = ItemCase(submitted: try reviewed(first.revision), at: first.at)
    for act in acts.dropFirst() {
      let event = ItemEvent(
        kind: try kind(of: act, id, reviewed), by: act.actor, at: act.at)
      do throws(ReviewRefusal) {
        try itemCase.apply(event)
      } catch {
        throw ContentError.failed(
          cause: "act \(act.number) of item `\(id)` does not follow: \(error.message)")
      }
    }
    return itemCase
  }

  private static func kind(
    of act: ActRow, _ id: String, _ reviewed: (UInt32) throws -> ReviewedRevision
  ) throws -> ItemEvent.Kind {
    switch act.kind {
    case "revise": return .revise(try reviewed(act.revision))
    case "rebind": return .rebind(try reviewed(act.revision))
    case "comment": return .comment
    case "approve": return .approve(try reviewed(act.revision).seal)
    case "reject": return .reject(try reviewed(act.revision).seal)
    case "request-changes": return .requestChanges(try reviewed(act.revision).seal)
    case "lapse": return .lapse
    case "release": return .release(try reviewed(act.revision).seal, until: act.until)
    case "expire": return .expire
    case "recall": return .recall
    case "erase": return .erase
    default: throw ContentError.failed(cause: "item `\(id)` has an act `\(act.kind)`")
    }
  }
}

extension RevisionRow {
  func reviewed(by workflow: Workflow) -> ReviewedRevision {
    ReviewedRevision(
      number: number, seal: seal, workflow: workflow, isApprovable: isApprovable, writer: writer)
  }
}

extension ItemEvent {
  /// As the contracts and the rows call it.
  var name: String {
    switch kind {
    case .revise: "revise"
    case .rebind: "rebind"
    case .comment: "comment"
    case .approve: "approve"
    case .reject: "reject"
    case .requestChanges: "request-changes"
    case .lapse: "lapse"
    case .release: "release"
    case .expire: "expire"
    case .recall: "recall"
    case .erase: "erase"
    }
  }

  /// Whether it is one that an item can always take.
  var isEnd: Bool {
    switch kind {
    case .recall, .erase, .lapse, .expire: true
    default: false
    }
  }
}
