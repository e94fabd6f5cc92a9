import RPCTestKit
import Trust

@testable import ContentGovernorCore

/// A random item with a random life, and everything that was accepted of it.
struct RandomCase {
  static let people = (1...5).map { PersonID(row: Int64($0)) }

  var chance: Chance
  var now = Timestamp(millisecondsSinceEpoch: 1_800_000_000_000)
  var itemCase: ItemCase
  /// The submission first.
  var history: [ItemEvent]
  private var seals: [ReviewSeal]

  init(seed: UInt64) {
    chance = Chance(seed: seed)
    let revision = Self.revision(1, writer: Self.people[0], &chance)
    itemCase = ItemCase(submitted: revision, at: now)
    history = [ItemEvent(kind: .revise(revision), by: revision.writer, at: now)]
    seals = [revision.seal]
  }

  /// Lets time pass, or not, and tries something.
  mutating func step() {
    if Bool.random(using: &chance) {
      now = now.adding(.seconds(Int.random(in: 0...40, using: &chance)))
    }
    try? attempt(randomEvent())
  }

  mutating func attempt(_ event: ItemEvent) throws(ReviewRefusal) {
    try itemCase.apply(event)
    history.append(event)
    switch event.kind {
    case .revise(let revision), .rebind(let revision): seals.append(revision.seal)
    default: break
    }
  }

  mutating func randomEvent() -> ItemEvent {
    let person = Self.people.randomElement(using: &chance)
    // Mostly the newest seal: else nothing is ever released.
    let seal =
      Int.random(in: 0..<8, using: &chance) == 0
      ? seals.randomElement(using: &chance) ?? itemCase.revision.seal : itemCase.revision.seal
    let kind: ItemEvent.Kind
    switch Int.random(in: 0..<40, using: &chance) {
    case 0: kind = .revise(newRevision(writer: person))
    case 1: kind = .rebind(newRevision(writer: nil))
    case 2: kind = .reject(seal)
    case 3: kind = .requestChanges(seal)
    case 4: kind = .lapse
    case 5: kind = .expire
    case 6: kind = Int.random(in: 0..<4, using: &chance) == 0 ? .recall : .comment
    case 7: kind = Int.random(in: 0..<8, using: &chance) == 0 ? .erase : .comment
    case 8...14:
      let seconds = Int.random(in: -5...60, using: &chance)
      kind = .release(
        seal, until: Bool.random(using: &chance) ? nil : now.adding(.seconds(seconds)))
    default: kind = .approve(seal)
    }
    return ItemEvent(kind: kind, by: person, at: now)
  }

  private mutating func newRevision(writer: PersonID?) -> ReviewedRevision {
    Self.revision(UInt32(seals.count + 1), writer: writer, &chance)
  }

  private static func revision(
    _ number: UInt32, writer: PersonID?, _ chance: inout Chance
  ) -> ReviewedRevision {
    ReviewedRevision(
      number: number, seal: ReviewSeal(bytes: chance.bytes(32...32)),
      workflow: workflow(&chance), isApprovable: Int.random(in: 0..<6, using: &chance) > 0,
      writer: writer)
  }

  static func workflow(_ chance: inout Chance) -> Workflow {
    var roles: [String: Set<PersonID>] = [:]
    for name in ["a", "b", "c"] {
      roles[name] = Set(people.filter { _ in Bool.random(using: &chance) })
    }
    let steps = (0..<Int.random(in: 1...3, using: &chance)).map { number in
      let needs: [Workflow.Need] = [
        .allOf, .anyOf, .quorum(Int.random(in: 1...3, using: &chance)),
      ]
      return Workflow.Step(
        name: "step \(number)", need: needs.randomElement(using: &chance) ?? .allOf,
        roles: Array(["a", "b", "c"].shuffled(using: &chance).prefix(number % 2 + 1)),
        within: Bool.random(using: &chance) ? nil : Int64.random(in: 1...90, using: &chance) * 1000)
    }
    return Workflow(
      name: "random", revision: 1, channels: ["*"], locales: ["*"], roles: roles, steps: steps)
  }
}
