import AuditLog
import Contracts
import RPC
import Testing
import Trust

@testable import RegistryCore

/// Every verb that changes something tells the log, and nothing is told twice or of nothing.
struct OutboxTests {
  private typealias Verb = @Sendable (House) async throws -> Void

  /// Verbs that change nothing that the log is about: bytes of a push, and signs of life.
  private static let silent: Set<String> = [
    Registry.API.putChunk.descriptor.name, Registry.API.renewLease.descriptor.name,
  ]

  private struct Scenario: Sendable {
    let kind: String
    var prepare: Verb = { _ in }
    let act: Verb
  }

  private static let ops = Author.principal("ops")

  /// A scenario for each method that is neither safe nor silent.
  private static let scenarios: [String: Scenario] = [
    Registry.API.beginPush.descriptor.name: Scenario(kind: "push.begin") { house in
      _ = try await house.service.pushes.begin(
        Package().request(signedBy: house.people.pusher), by: House.dev)
    },
    Registry.API.commitPush.descriptor.name: Scenario(
      kind: "model.push", prepare: { _ = try await $0.upload() }
    ) { house in
      let id = try await house.upload()
      _ = try await house.service.pushes.commit(.init(pushID: id), by: House.dev)
    },
    Registry.API.setAlias.descriptor.name: Scenario(
      kind: "alias.set", prepare: { try await $0.push() }
    ) { house in
      _ = try await house.service.models.setAlias(
        .init(model: "magika", alias: "stable", version: 1, reason: "good"), by: ops)
    },
    Registry.API.approve.descriptor.name: Scenario(
      kind: "approval.add", prepare: { try await $0.push() }
    ) { house in
      let version = try await house.service.models.version(model: "magika", version: "1")
      try await house.approve(version, by: house.people.ana)
    },
    Registry.API.setDeployment.descriptor.name: Scenario(
      kind: "deployment.set", prepare: { _ = try await $0.pushApproved() }
    ) { house in
      try await house.deploy([.init(version: 1, replicas: 1, weight: 100)])
    },
    Registry.API.rollback.descriptor.name: Scenario(
      kind: "deployment.rollback",
      prepare: { house in
        _ = try await house.pushApproved(Package(weights: [1]))
        _ = try await house.pushApproved(Package(weights: [2]))
        try await house.deploy([.init(version: 1, replicas: 1, weight: 100)])
        try await house.deploy([.init(version: 2, replicas: 1, weight: 100)])
      }
    ) { house in
      _ = try await house.service.deployments.rollBack(.init(model: "magika"), by: ops)
    },
    Registry.API.scale.descriptor.name: Scenario(
      kind: "deployment.scale",
      prepare: { house in
        _ = try await house.pushApproved()
        try await house.deploy([.init(version: 1, replicas: 1, weight: 100)])
      }
    ) { house in
      _ = try await house.service.deployments.scale(.init(model: "magika", replicas: 2), by: ops)
    },
    Registry.API.reportDemand.descriptor.name: Scenario(
      kind: "deployment.scale",
      prepare: { house in
        _ = try await house.pushApproved()
        try await house.deploy([
          .init(version: 1, replicas: 0, weight: 100, scaling: .init(min: 0, max: 1))
        ])
      }
    ) { house in
      try await house.service.scaling.demand(.init(model: "magika", version: 1, waiting: 1))
    },
    Registry.API.acquireLease.descriptor.name: Scenario(
      kind: "worker.lease", prepare: { try await $0.push() }
    ) { house in _ = try await house.acquire("w1") },
    Registry.API.releaseLease.descriptor.name: Scenario(
      kind: "worker.release",
      prepare: { house in
        try await house.push()
        _ = try await house.acquire("w1")
      }
    ) { house in
      try await house.service.leases.release(.init(workerID: "w1"), by: House.worker)
    },
    Registry.API.drainWorker.descriptor.name: Scenario(
      kind: "worker.drain",
      prepare: { house in
        try await house.push()
        _ = try await house.acquire("w1")
      }
    ) { house in
      _ = try await house.service.leases.drain(.init(workerID: "w1"), by: ops)
    },
  ]

  private static let changing: [String] = Registry.API.all
    .filter { $0.effect != .safe }.map(\.name).filter { !silent.contains($0) }

  @Test(arguments: changing)
  func aVerbThatChangesSomethingWritesExactlyOneEntry(_ method: String) async throws {
    let scenario = try #require(
      Self.scenarios[method], "`\(method)` changes something: give it a scenario here")
    let house = try await House()
    try await scenario.prepare(house)
    let before = try await house.service.entries()
    try await scenario.act(house)
    let entries = try await house.service.entries().dropFirst(before.count)
    #expect(entries.map(\.kind.name) == [scenario.kind])
    let entry = try #require(entries.first)
    #expect(entry.service == "registry")
    #expect(!entry.actor.name.isEmpty)
    #expect(entry.before != nil || entry.after != nil)
  }

  @Test func theSilentVerbsWriteNone() async throws {
    let house = try await House()
    _ = try await house.upload()
    #expect(try await house.logged() == ["push.begin"])
    try await house.push()
    _ = try await house.acquire("w1")
    let before = try await house.logged()
    _ = try house.service.leases.renew(.init(workerID: "w1", queueDepth: 1))
    #expect(try await house.logged() == before)
  }

  @Test func anEntrySaysWhoWhatWhyBeforeAndAfter() async throws {
    let house = try await House()
    _ = try await house.push(Package(weights: [1]))
    _ = try await house.push(Package(weights: [2]))
    for version in [UInt32(1), 2] {
      _ = try await house.service.models.setAlias(
        .init(model: "magika", alias: "stable", version: version, reason: "it is good"),
        by: Self.ops)
    }
    let entry = try #require(try await house.service.entries().last)
    #expect(entry.actor.description == "principal:ops")
    #expect(entry.subject.description == "alias:magika/stable")
    #expect(entry.before == ["version": 1])
    #expect(entry.after == ["version": 2])
    #expect(entry.reason == "it is good")
  }

  @Test func everyKindOfChangeHasAName() throws {
    for action in RegistryChange.Action.allCases {
      let change = RegistryChange(
        action: action, author: .registry, subject: .init(.model, "m"))
      #expect(try change.entry(at: .now()).kind.name == action.rawValue)
    }
  }
}
