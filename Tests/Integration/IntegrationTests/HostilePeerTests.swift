import Contracts
import Foundation
import IntegrationSuite
import RPC
import SlipwayClient
import Testing

extension IntegrationTests.ServedModelTests {
  /// What a peer can send to an open port costs that peer only: meanwhile the calls of others all
  /// succeed, no process ends, and none takes more memory than the test says.
  @Suite(.serialized, .timeLimit(.minutes(10))) struct HostilePeerTests {
    /// Connections of the attacks are few: what each may make a process keep is bounded, see PROTOCOL.md.
    struct Attack: Sendable, CustomTestStringConvertible {
      /// As clients.py names it.
      var name: String
      var mebibytesMax: Int
      var testDescription: String { name }
    }

    private static let services = ["gateway", "registry", "monitor", "content-governor"]
    private static let guesses = 1000

    @Test func `strangers cost only themselves at every port`() async throws {
      let suite = try await IntegrationTests.ServedModelTests.suite()
      let worker = try #require(try await SmallModel(on: suite).registered().leases.first)
      let ports = Self.services.compactMap { suite.endpoints[$0] } + [worker.endpoint]
      #expect(ports.count == Self.services.count + 1)
      try await meanwhile(on: suite, mebibytesMax: 64) {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for port in ports {
            group.addTask { try await Peer.run("strangers.py", port, in: suite.checkout) }
          }
          try await group.waitForAll()
        }
      }
    }

    @Test func `keys that are guessed in bulk are refused alike and disturb nobody`() async throws {
      let suite = try await IntegrationTests.ServedModelTests.suite()
      let port = suite.endpoints["gateway"] ?? ""
      try await meanwhile(on: suite, mebibytesMax: 32) {
        try await Peer.run("guessing.py", port, "\(Self.guesses)", in: suite.checkout)
      }
    }

    @Test(arguments: [
      Attack(name: "bombs", mebibytesMax: 32), Attack(name: "nesting", mebibytesMax: 160),
      Attack(name: "full", mebibytesMax: 256),
    ])
    func `what a client sends costs its own calls`(attack: Attack) async throws {
      let suite = try await IntegrationTests.ServedModelTests.suite()
      try await meanwhile(on: suite, mebibytesMax: attack.mebibytesMax) {
        try await Peer.run(
          "clients.py", suite.endpoints["gateway"] ?? "",
          suite.keyFile(of: IntegrationTests.ServedModelTests.stranger).path,
          SmallModel.name, attack.name, in: suite.checkout)
      }
    }

    @Test(arguments: [
      Attack(name: "unfinished", mebibytesMax: 96), Attack(name: "parts", mebibytesMax: 768),
    ])
    func `requests that a client leaves unfinished keep nobody else from calling`(
      attack: Attack
    ) async throws {
      let suite = try await IntegrationTests.ServedModelTests.suite()
      try await meanwhile(on: suite, mebibytesMax: attack.mebibytesMax) { load in
        try await Peer.hold(
          "clients.py", suite.endpoints["gateway"] ?? "",
          suite.keyFile(of: IntegrationTests.ServedModelTests.stranger).path,
          SmallModel.name, attack.name, in: suite.checkout
        ) { try await load.more(200) }
      }
    }

    private func meanwhile(
      on suite: RunningSuite, mebibytesMax: Int, _ attack: () async throws -> Void
    ) async throws {
      try await meanwhile(on: suite, mebibytesMax: mebibytesMax) { _ in try await attack() }
    }

    /// Runs `attack` while others ask the worker and the registry through the gateway.
    private func meanwhile(
      on suite: RunningSuite, mebibytesMax: Int, _ attack: (Load) async throws -> Void
    ) async throws {
      let names = Self.services + ["inference-worker"]
      let processes = names.map { suite.processes(of: $0) }
      let memories = try processes.map { try $0.map { try Memory(of: $0) } }
      let (_, report) = try await Load.during(
        [SmallModel.request], on: suite.client(as: People.pusher), inFlight: 2
      ) { load in
        try await load.more(20)
        try await whileReading(on: suite) { try await attack(load) }
        try await load.more(20)
      }
      try report.expectNoFailure()
      for (name, memories) in zip(names, memories) {
        #expect(memories.count == 1, "\(name)")
        for memory in memories {
          let mebibytes = try memory.growth >> 20
          print("hostile peers: \(name) grew by \(mebibytes) MiB at its peak")
          #expect(mebibytes <= mebibytesMax, "\(name)")
        }
      }
      #expect(names.map { suite.processes(of: $0) } == processes, "\(suite.logTails())")
    }

    /// Runs `body` while somebody else asks the registry; every answer must be good.
    private func whileReading(
      on suite: RunningSuite, _ body: () async throws -> Void
    ) async throws {
      let channel = try suite.channel(as: People.pusher)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          while !Task.isCancelled {
            do {
              _ = try await channel.call(Registry.API.listModels, Registry.ListModelsRequest())
            } catch {
              if !Task.isCancelled { throw StepFailure("the registry, meanwhile: \(error)") }
            }
          }
        }
        try await body()
        group.cancelAll()
        try await group.waitForAll()
      }
    }

    /// How much a process grew from now on.
    private struct Memory {
      private let memory: ProcessMemory
      private let before: Int

      init(of process: Int32) throws {
        memory = try ProcessMemory(of: process)
        before = try memory.resident
      }

      var growth: Int { get throws { try memory.peak - before } }
    }
  }
}
