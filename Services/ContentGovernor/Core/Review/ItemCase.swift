import Trust

/// One item on its way to its audience: what happened so far, and so what may happen next.
///
/// A pure machine; the rows that it is made of again after a restart are its events. It holds, whatever
/// comes in whatever order:
///
/// - nothing is released unless every step of the workflow had its approvals, in time, by people who were
///   asked, who did not write it, and who saw exactly this content for exactly this purpose;
/// - whoever changes anything of that voids all of it;
/// - time that passes never approves;
/// - what is recalled or erased stays so.
struct ItemCase: Hashable, Sendable {
  enum Phase: Hashable, Sendable {
    /// `step`: place in the workflow's steps. `since`: when it opened.
    case review(step: Int, since: Timestamp)
    case changesRequested
    case rejected
    case lapsed
    case approved
    case released(until: Timestamp?)
    case expired
    case recalled
    case erased
  }

  struct Approval: Hashable, Sendable {
    let step: Int
    let by: PersonID
    let seal: ReviewSeal
    let at: Timestamp
  }

  private(set) var phase: Phase
  private(set) var revision: ReviewedRevision
  /// Of the current revision.
  private(set) var approvals: [Approval] = []
  /// Everybody who wrote some of it: none of them approves it.
  private(set) var writers: Set<PersonID>

  init(submitted revision: ReviewedRevision, at time: Timestamp) {
    phase = .review(step: 0, since: time)
    self.revision = revision
    writers = revision.writer.map { [$0] } ?? []
  }

  var workflow: Workflow { revision.workflow }

  /// The step that is open.
  var openStep: Workflow.Step? {
    guard case .review(let step, _) = phase else { return nil }
    return workflow.steps[step]
  }

  /// People whose consent the open step has.
  var consenting: Set<PersonID> {
    guard case .review(let step, _) = phase else { return [] }
    return Set(approvals.filter { $0.step == step }.map(\.by))
  }

  /// When time alone ends the phase.
  var dueAt: Timestamp? {
    switch phase {
    case .review(let step, let since):
      workflow.steps[step].within.map { since.adding(.milliseconds($0)) }
    case .released(let until): until
    default: nil
    }
  }

  /// What time alone has done by now and nobody has written down yet.
  func due(at now: Timestamp) -> ItemEvent? {
    guard let dueAt, dueAt <= now else { return nil }
    if case .released = phase { return ItemEvent(kind: .expire, by: nil, at: now) }
    return ItemEvent(kind: .lapse, by: nil, at: now)
  }

  /// Whether this person's decision is waited for.
  func waits(for person: PersonID) -> Bool {
    guard let step = openStep else { return false }
    return revision.isApprovable && workflow.askedOf(step).contains(person)
      && !writers.contains(person) && !approvals.contains { $0.by == person }
  }

  /// - Throws: why this can't happen now; nothing has changed then.
  mutating func apply(_ event: ItemEvent) throws(ReviewRefusal) {
    if case .recall = event.kind {
      if phase != .erased { phase = .recalled }
      return
    }
    guard phase != .erased else { throw .erased }
    switch event.kind {
    case .erase: phase = .erased
    case .comment, .recall: break
    case .revise(let revision):
      guard phase != .recalled else { throw .recalled }
      begin(revision, at: event.at)
    case .rebind(let revision):
      guard phase.isPending else { throw .notPending }
      begin(revision, at: event.at)
    case .approve(let seal): try approve(seal, event)
    case .reject(let seal):
      try checkDecision(seal, event)
      phase = .rejected
    case .requestChanges(let seal):
      try checkDecision(seal, event)
      phase = .changesRequested
    case .lapse, .expire:
      guard due(at: event.at)?.kind == event.kind else { throw .notDue }
      phase = event.kind == .lapse ? .lapsed : .expired
    case .release(let seal, let until): try release(seal, until: until, at: event.at)
    }
  }

  private mutating func begin(_ revision: ReviewedRevision, at time: Timestamp) {
    self.revision = revision
    if let writer = revision.writer { writers.insert(writer) }
    approvals = []
    phase = .review(step: 0, since: time)
  }

  private mutating func approve(
    _ seal: ReviewSeal, _ event: ItemEvent
  ) throws(ReviewRefusal) {
    let (step, person) = try checkDecision(seal, event)
    guard revision.isApprovable else { throw .notApprovable }
    guard !writers.contains(person) else { throw .ownWork }
    guard !approvals.contains(where: { $0.by == person }) else { throw .approvedAlready }
    approvals.append(Approval(step: step, by: person, seal: seal, at: event.at))
    guard workflow.isSatisfied(workflow.steps[step], by: consenting) else { return }
    phase =
      step + 1 < workflow.steps.count ? .review(step: step + 1, since: event.at) : .approved
  }

  /// Refuses a decision by somebody who is not asked, too late, or on something else.
  @discardableResult
  private func checkDecision(
    _ seal: ReviewSeal, _ event: ItemEvent
  ) throws(ReviewRefusal) -> (step: Int, person: PersonID) {
    guard case .review(let step, _) = phase else { throw .notUnderReview }
    guard due(at: event.at) == nil else { throw .tooLate }
    guard seal == revision.seal else { throw .otherContent }
    guard let person = event.by, workflow.askedOf(workflow.steps[step]).contains(person) else {
      throw .notAsked(step: workflow.steps[step].name, roles: workflow.steps[step].roles)
    }
    return (step, person)
  }

  private mutating func release(
    _ seal: ReviewSeal, until: Timestamp?, at now: Timestamp
  ) throws(ReviewRefusal) {
    guard phase == .approved else {
      guard let step = openStep else { throw .notReleasable }
      throw .notApproved(needs: workflow.missing(in: step, after: consenting), step: step.name)
    }
    guard seal == revision.seal else { throw .otherContent }
    if let until, until <= now { throw .endsInThePast }
    phase = .released(until: until)
  }
}

extension ItemCase.Phase {
  /// Under review, or waiting for its release: where a change of policy, template or workflow counts.
  var isPending: Bool {
    switch self {
    case .review, .approved: true
    default: false
    }
  }

  /// As the contracts call it.
  var name: String {
    switch self {
    case .review: "review"
    case .changesRequested: "changes-requested"
    case .rejected: "rejected"
    case .lapsed: "lapsed"
    case .approved: "approved"
    case .released: "released"
    case .expired: "expired"
    case .recalled: "recalled"
    case .erased: "erased"
    }
  }
}
