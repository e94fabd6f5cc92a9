import Trust

@testable import ContentGovernorCore

/// Says from the history alone, step by step and without any cleverness, whether an item may be with its
/// audience. It shares no code with the machine.
enum ReviewOracle {
  /// Why not, or nil if it may.
  static func fault(_ history: [ItemEvent]) -> String? {
    guard let start = history.lastIndex(where: { revision(of: $0) != nil }),
      let revision = revision(of: history[start])
    else { return "there is no revision" }
    let writers = history[...start].compactMap { Self.revision(of: $0)?.writer }
    let since = history[(start + 1)...]
    guard let end = since.lastIndex(where: { if case .release = $0.kind { true } else { false } })
    else { return "it was not released" }
    guard case .release(let seal, _) = history[end].kind, seal == revision.seal else {
      return "something else was released"
    }
    guard revision.isApprovable else { return "policy does not let it through" }
    for event in history {
      if event.kind == .recall || event.kind == .erase { return "it was ended for good" }
    }
    for event in since {
      switch event.kind {
      case .reject, .requestChanges, .lapse, .expire: return "\(event.kind) stands"
      default: break
      }
    }
    return fault(
      approvals: Array(history[(start + 1)..<end]), of: revision, writers, from: history[start].at)
  }

  private static func fault(
    approvals events: [ItemEvent], of revision: ReviewedRevision, _ writers: [PersonID],
    from start: Timestamp
  ) -> String? {
    var (opened, everybody): (Timestamp, [PersonID]) = (start, [])
    var rest = events[...]
    for step in revision.workflow.steps {
      var people: [PersonID] = []
      while !isEnough(people, for: step, of: revision.workflow) {
        guard let event = rest.popFirst() else { return "\(step.name) has not enough" }
        guard case .approve(let seal) = event.kind else { continue }
        guard let person = event.by else { return "nobody approved" }
        if seal != revision.seal { return "an approval is of something else" }
        if writers.contains(person) { return "a writer approved" }
        if everybody.contains(person) { return "one person approved twice" }
        if !step.roles.contains(where: { revision.workflow.roles[$0]?.contains(person) == true }) {
          return "somebody approved who was not asked"
        }
        if let within = step.within,
          event.at.millisecondsSinceEpoch - opened.millisecondsSinceEpoch >= within
        {
          return "an approval came too late"
        }
        people.append(person)
        everybody.append(person)
        if isEnough(people, for: step, of: revision.workflow) { opened = event.at }
      }
    }
    return nil
  }

  static func isEnough(
    _ people: [PersonID], for step: Workflow.Step, of workflow: Workflow
  ) -> Bool {
    let roles = step.roles.map { workflow.roles[$0] ?? [] }
    switch step.need {
    case .anyOf: return people.contains { person in roles.contains { $0.contains(person) } }
    case .quorum(let count):
      return people.filter { person in roles.contains { $0.contains(person) } }.count >= count
    case .allOf: return hasPlaces(roles[...], people)
    }
  }

  /// Every way to give each role somebody of its own.
  private static func hasPlaces(_ roles: ArraySlice<Set<PersonID>>, _ people: [PersonID]) -> Bool {
    guard let role = roles.first else { return true }
    return people.contains { person in
      role.contains(person) && hasPlaces(roles.dropFirst(), people.filter { $0 != person })
    }
  }

  private static func revision(of event: ItemEvent) -> ReviewedRevision? {
    switch event.kind {
    case .revise(let revision), .rebind(let revision): revision
    default: nil
    }
  }
}
