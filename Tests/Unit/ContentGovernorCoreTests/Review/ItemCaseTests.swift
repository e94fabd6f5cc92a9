import RPCTestKit
import Testing
import Trust

@testable import ContentGovernorCore

struct ItemCaseTests {
  private static let lives = 4000
  private static let steps = 60

  @Test
  func
    `nothing is released without every approval of exactly it, whatever is tried in whatever order`()
  {
    var (released, forged): (Int, Set<String>) = (0, [])
    for seed in 0..<UInt64(Self.lives) {
      var life = RandomCase(seed: seed)
      for number in 0..<Self.steps {
        life.step()
        guard case .released = life.itemCase.phase else { continue }
        released += 1
        #expect(ReviewOracle.fault(life.history) == nil, "seed \(seed), step \(number)")
        // The oracle can fail: without one of the approvals that counted it does.
        let approval = life.history.lastIndex {
          if case .approve = $0.kind { true } else { false }
        }
        var other = life.history
        if let approval { other.remove(at: approval) }
        forged.insert(ReviewOracle.fault(other) ?? "none")
      }
    }
    #expect(released > Self.lives / 10)
    #expect(!forged.contains("none") && !forged.isEmpty, "\(forged)")
  }

  @Test func `whoever changes anything voids every approval and the release`() throws {
    for seed in 0..<UInt64(Self.lives) {
      var life = RandomCase(seed: seed)
      for _ in 0..<Self.steps {
        let event = life.randomEvent()
        let before = life.itemCase.phase
        guard (try? life.attempt(event)) != nil else {
          #expect(life.itemCase.phase == before, "seed \(seed)")
          continue
        }
        switch event.kind {
        case .revise(let revision), .rebind(let revision):
          #expect(life.itemCase.phase == .review(step: 0, since: event.at), "seed \(seed)")
          #expect(life.itemCase.approvals.isEmpty && life.itemCase.revision == revision)
        default: break
        }
      }
    }
  }

  @Test func `time alone neither approves nor releases`() throws {
    for seed in 0..<UInt64(Self.lives) {
      var life = RandomCase(seed: seed)
      for _ in 0..<Int(seed % 20) { life.step() }
      let before = life.itemCase.phase
      for _ in 0..<10 {
        life.now = life.now.adding(.seconds(50))
        if let event = life.itemCase.due(at: life.now) { try life.attempt(event) }
      }
      let after = life.itemCase.phase
      #expect(after == before || after == .lapsed || after == .expired, "seed \(seed)")
      if case .review(let step, _) = after {
        #expect(life.itemCase.workflow.steps[step].within == nil, "seed \(seed)")
      }
    }
  }

  @Test func `a recall is taken in every phase, and is for good`() throws {
    var phases: Set<String> = []
    for seed in 0..<UInt64(Self.lives) {
      var life = RandomCase(seed: seed)
      for _ in 0..<Int(seed % 50) { life.step() }
      phases.insert(life.itemCase.phase.name)
      let wasErased = life.itemCase.phase == .erased
      try life.attempt(ItemEvent(kind: .recall, by: RandomCase.people[2], at: life.now))
      for _ in 0..<20 { life.step() }
      let end = life.itemCase.phase
      #expect(end == .recalled || end == .erased, "seed \(seed)")
      #expect(!wasErased || end == .erased, "seed \(seed)")
    }
    #expect(phases.count == 9, "\(phases)")
  }

  @Test func `the open step waits for exactly those whose approval it would take`() throws {
    for seed in 0..<UInt64(Self.lives) {
      var life = RandomCase(seed: seed)
      for _ in 0..<Int(seed % 30) { life.step() }
      guard life.itemCase.due(at: life.now) == nil else { continue }
      for person in RandomCase.people {
        var copy = life.itemCase
        let event = ItemEvent(
          kind: .approve(copy.revision.seal), by: person, at: life.now)
        let isTaken = (try? copy.apply(event)) != nil
        #expect(isTaken == life.itemCase.waits(for: person), "seed \(seed), \(person)")
      }
    }
  }

  @Test func `a step is satisfied as every way of trying it says`() {
    var chance = Chance(seed: 11)
    var outcomes: Set<Bool> = []
    for number in 0..<20_000 {
      let workflow = RandomCase.workflow(&chance)
      let people = RandomCase.people.filter { _ in Bool.random(using: &chance) }
      for step in workflow.steps {
        let expected = ReviewOracle.isEnough(people, for: step, of: workflow)
        outcomes.insert(expected)
        #expect(
          workflow.isSatisfied(step, by: Set(people)) == expected, "number \(number), \(step)")
      }
    }
    #expect(outcomes == [true, false])
  }
}
