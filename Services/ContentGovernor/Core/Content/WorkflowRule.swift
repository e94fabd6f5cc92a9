import Contracts

/// The rule for workflows: what can't decide anything is refused when it is set, not when it is needed.
enum WorkflowRule {
  /// Every channel, every locale.
  static let every = "*"

  static func check(_ workflow: Content.Workflow) throws(ContentError) {
    try ContentNames.check(workflow.name, "the workflow's name")
    try checkPlaces(workflow.channels, "channels")
    try checkPlaces(workflow.locales, "locales")
    try checkRoles(workflow)
    guard (1...ContentLimits.stepsMax).contains(workflow.steps.count) else {
      throw .invalid("expected 1 to \(ContentLimits.stepsMax) steps, got \(workflow.steps.count)")
    }
    guard Set(workflow.steps.map(\.name)).count == workflow.steps.count else {
      throw .invalid("expected each step to have a name of its own")
    }
    for step in workflow.steps { try check(step, of: workflow) }
  }

  /// As the machine has it; the step was checked before it was kept.
  static func step(_ step: Content.WorkflowStep) -> Workflow.Step {
    let need: Workflow.Need =
      switch step.need {
      case "any-of": .anyOf
      case "quorum": .quorum(Int(step.quorum))
      default: .allOf
      }
    return Workflow.Step(
      name: step.name, need: need, roles: step.roles,
      within: step.within == 0 ? nil : Int64(step.within) * 1000)
  }

  private static func checkPlaces(_ names: [String], _ what: String) throws(ContentError) {
    guard (1...ContentLimits.placesMax).contains(names.count) else {
      throw .invalid(
        "expected 1 to \(ContentLimits.placesMax) \(what), or `*` for every one, got \(names.count)"
      )
    }
    for name in names where name != every { try ContentNames.check(name, "one of the \(what)") }
  }

  private static func checkRoles(_ workflow: Content.Workflow) throws(ContentError) {
    guard workflow.roles.count <= ContentLimits.rolesMax,
      workflow.roles.reduce(0, { $0 + $1.people.count }) <= ContentLimits.peopleMax
    else {
      throw .invalid(
        "expected at most \(ContentLimits.rolesMax) roles with \(ContentLimits.peopleMax) people")
    }
    guard Set(workflow.roles.map(\.name)).count == workflow.roles.count else {
      throw .invalid("expected each role once")
    }
    for role in workflow.roles {
      try ContentNames.check(role.name, "the role")
      guard !role.people.isEmpty else { throw .invalid("nobody has the role `\(role.name)`") }
      for person in role.people {
        try ContentNames.check(person, "a person of role `\(role.name)`")
      }
    }
  }

  private static func check(
    _ step: Content.WorkflowStep, of workflow: Content.Workflow
  ) throws(ContentError) {
    try ContentNames.check(step.name, "the step")
    let people = step.roles.map { name in
      Set(workflow.roles.first { $0.name == name }?.people ?? [])
    }
    guard !step.roles.isEmpty, Set(step.roles).count == step.roles.count,
      people.allSatisfy({ !$0.isEmpty })
    else {
      throw .invalid("step `\(step.name)`: expected `roles` of this workflow, each once")
    }
    let count = people.reduce(into: Set<String>()) { $0.formUnion($1) }.count
    switch step.need {
    case "any-of": break
    case "all-of":
      guard count >= step.roles.count else {
        throw .invalid(
          "step `\(step.name)` needs \(step.roles.count) different people, its roles have \(count)")
      }
    case "quorum":
      guard (1...max(1, count)).contains(Int(step.quorum)) else {
        throw .invalid(
          "step `\(step.name)`: expected a quorum of 1 to \(count), the people of its roles, got \(step.quorum)"
        )
      }
    default:
      throw .invalid(
        "step `\(step.name)`: expected `all-of`, `any-of` or `quorum`, got `\(ContentNames.excerpt(step.need))`"
      )
    }
  }
}
