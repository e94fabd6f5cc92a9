/// Who decides on what is meant for some channels: steps one after the other, each with the roles that are
/// asked and the time they have.
struct Workflow: Hashable, Sendable {
  /// How many of those who are asked must agree.
  enum Need: Hashable, Sendable {
    /// Somebody of each role, each another person.
    case allOf
    /// Somebody of any of the roles.
    case anyOf
    /// So many people, of whatever roles of the step.
    case quorum(Int)
  }

  struct Step: Hashable, Sendable {
    let name: String
    let need: Need
    let roles: [String]
    /// Milliseconds from when the step opens; nil for no deadline.
    let within: Int64?
  }

  let name: String
  let revision: UInt32
  let channels: [String]
  let locales: [String]
  let roles: [String: Set<PersonID>]
  /// At least one.
  let steps: [Step]

  /// Whether these people's consent is all that a step asks for.
  func isSatisfied(_ step: Step, by people: Set<PersonID>) -> Bool {
    switch step.need {
    case .anyOf: !askedOf(step).isDisjoint(with: people)
    case .quorum(let count): askedOf(step).intersection(people).count >= count
    case .allOf: Self.canStand(people, for: step.roles.map { roles[$0] ?? [] })
    }
  }

  /// Everybody who may decide in a step.
  func askedOf(_ step: Step) -> Set<PersonID> {
    step.roles.reduce(into: []) { $0.formUnion(roles[$1] ?? []) }
  }

  /// What a step still waits for, for people.
  func missing(in step: Step, after people: Set<PersonID>) -> String {
    switch step.need {
    case .anyOf: "somebody of \(Self.list(step.roles, "or"))"
    case .quorum(let count):
      "\(max(0, count - askedOf(step).intersection(people).count)) more of "
        + Self.list(step.roles, "or")
    case .allOf:
      "somebody of "
        + Self.list(
          step.roles.filter { (roles[$0] ?? []).isDisjoint(with: people) }.nonEmpty(or: step.roles),
          "and")
    }
  }

  /// Whether each role can have a person of its own: a matching of roles to people (H. W. Kuhn, 1955).
  private static func canStand(_ people: Set<PersonID>, for roles: [Set<PersonID>]) -> Bool {
    var holder: [PersonID: Int] = [:]
    func place(_ role: Int, _ tried: inout Set<PersonID>) -> Bool {
      for person in roles[role] where people.contains(person) && tried.insert(person).inserted {
        let other = holder[person]
        if other.map({ place($0, &tried) }) ?? true {
          holder[person] = role
          return true
        }
      }
      return false
    }
    return roles.indices.allSatisfy { role in
      var tried: Set<PersonID> = []
      return place(role, &tried)
    }
  }

  private static func list(_ roles: [String], _ word: String) -> String {
    let names = roles.map { "`\($0)`" }
    guard let last = names.last, names.count > 1 else { return names.first ?? "nobody" }
    return names.dropLast().joined(separator: ", ") + " \(word) " + last
  }
}

extension [String] {
  fileprivate func nonEmpty(or other: [String]) -> [String] { isEmpty ? other : self }
}
