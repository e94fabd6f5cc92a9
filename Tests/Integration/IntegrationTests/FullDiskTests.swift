import Contracts
import Foundation
import IntegrationSuite
import RPC
import SlipwayClient
import Testing

extension IntegrationTests {
  /// Stores on file systems of a few megabytes.
  @Suite(
    .serialized, .timeLimit(.minutes(10)),
    .enabled("mounting a small disk takes root") { await SmallDisk.isPossible() })
  struct FullDiskTests {
    /// The database may reuse the space that it has.
    private static let changesMax = 5000
    /// The registry wants 16 MiB of it free.
    private static let registryMebibytes = 32
    private static let otherMebibytes = 8

    @Test func `a full disk under the registry refuses a push clearly and spoils nothing`()
      async throws
    {
      let folder = try SuiteFolder()
      defer { folder.remove() }
      let checkout = try Checkout()
      try await SmallDisk.with(
        [folder.state.appending(path: "registry")], mebibytes: Self.registryMebibytes
      ) { disks in
        try await RunningSuite.withSuite(in: folder, from: checkout) { suite in
          let model = SmallModel(on: suite)
          try await model.serve()
          try await refuseLargePush(suite)
          try disks[0].fill()
          let aliases = try await changesUntilFull(suite, setAlias)
          disks[0].makeRoom()
          _ = try await suite.client(as: People.pusher).infer(SmallModel.request)
          try await model.push(note: "Small enough.").succeeded()
          let registered = try await model.registered()
          #expect(registered.versions.map(\.number).sorted() == [1, 2])
          #expect(registered.aliases.count == aliases)
        }
        // Nothing needs repair: it starts again on the same disk.
        try await RunningSuite.withSuite(in: folder, from: checkout) { suite in
          let registered = try await SmallModel(on: suite).registered()
          #expect(registered.versions.count == 2)
          _ = try await answer(suite)
        }
      }
    }

    @Test func `full disks under the other stores are named, cost what needs them, and heal`()
      async throws
    {
      let folder = try SuiteFolder()
      defer { folder.remove() }
      let checkout = try Checkout()
      let names = ["content-governor", "monitor", "gateway", "cache"]
      try await SmallDisk.with(
        names.map { folder.state.appending(path: $0) }, mebibytes: Self.otherMebibytes
      ) { disks in
        for disk in disks { try disk.fill() }
        let keys = try await withThrowingTaskGroup(of: Void.self) { group in
          // They start one after the other, each when the one before it is ready.
          group.addTask {
            for (name, disk) in zip(names, disks) where name != "cache" {
              try await isNamed(disk, by: name, in: folder)
              disk.makeRoom()
            }
          }
          return try await RunningSuite.withSuite(in: folder, from: checkout) { suite in
            try await group.waitForAll()
            disks[3].makeRoom()
            do {
              return try await fillAndHeal(suite, disks)
            } catch {
              throw StepFailure("\(error)\n\(suite.logTails())")
            }
          }
        }
        try await RunningSuite.withSuite(in: folder, from: checkout) { suite in
          let held = try await suite.channel().call(
            Gateway.API.listKeys, Gateway.ListKeysRequest()
          ).keys.filter { $0.principal.hasPrefix("filler") }
          #expect(held.count == keys)
          let version = try await answer(suite)
          #expect(version == "2")
        }
        try accessLogIsWhole(disks[2])
      }
    }

    // MARK: The registry

    private func refuseLargePush(_ suite: RunningSuite) async throws {
      let weights = suite.folder.home.appending(path: "weights.bin")
      try Data(count: Self.registryMebibytes << 20).write(to: weights)
      let refusal = try await SmallModel(on: suite)
        .push(note: "Too large.", weights: weights.path).refused()
      #expect(refusal.contains("disk is full"), "the refusal says: \(refusal)")
    }

    private func setAlias(_ suite: RunningSuite, _ number: Int) async throws(RPCError) {
      guard let channel = try? suite.channel(as: People.pusher) else { return }
      _ = try await channel.call(
        Registry.API.setAlias,
        Registry.SetAliasRequest(model: SmallModel.name, alias: "a\(number)", version: 1))
    }

    // MARK: The others

    private func isNamed(_ disk: SmallDisk, by service: String, in folder: SuiteFolder) async throws
    {
      let log = folder.state.appending(path: "logs/\(service).log")
      _ = try await eventually("\(service) to say that its disk is full") {
        let text = String(
          decoding: FileManager.default.contents(atPath: log.path) ?? Data(), as: UTF8.self)
        return text.contains("the disk of `\(disk.folder.path)") && text.contains("is full")
          ? true : nil
      }
    }

    /// - Returns: how many keys were made.
    private func fillAndHeal(_ suite: RunningSuite, _ disks: [SmallDisk]) async throws -> Int {
      try await SmallModel(on: suite).serve()
      for disk in disks { try disk.fill() }
      try await lives(suite)
      let keys = try await changesUntilFull(suite, createKey)
      try await cacheIsFull(suite, disks[3])
      for disk in disks { disk.makeRoom() }
      try await heals(suite)
      return keys + 1
    }

    /// A service that runs goes on: what it can't write it drops or keeps.
    private func lives(_ suite: RunningSuite) async throws {
      let processes = suite.processes
      let (_, report) = try await Load.during(
        [SmallModel.request], on: suite.client(as: People.pusher), inFlight: 2
      ) { try await $0.more(100) }
      try report.expectNoFailure()
      for service in ["gateway", "monitor", "content-governor"] {
        let health = try await RunningSuite.get(
          "/health/ready", at: suite.endpoints["\(service)-ops"] ?? "")
        #expect(health == "ready\n", "\(service)")
      }
      #expect(suite.processes == processes)
    }

    private func createKey(_ suite: RunningSuite, _ number: Int) async throws(RPCError) {
      guard let channel = try? suite.channel() else { return }
      _ = try await channel.call(
        Gateway.API.createKey,
        Gateway.CreateKeyRequest(
          principal: "filler-\(number)", roles: ["developer"], models: ["*"]))
    }

    /// A worker that can't keep its files says so and takes no calls; the one before it goes on.
    private func cacheIsFull(_ suite: RunningSuite, _ cache: SmallDisk) async throws {
      let model = SmallModel(on: suite)
      try await model.push(note: "For a full cache.").succeeded()
      try await model.approve(2)
      try await suite.slipway("deploy", SmallModel.name, "--version", "2", as: People.pusher)
        .succeeded()
      _ = try await eventually("the worker to say that its cache is full") {
        suite.logs().split(separator: "\n").contains { line in
          line.contains("the model cache failed at `\(cache.folder.path)/")
            && line.contains("enough space")
        } ? true : nil
      }
      let version = try await answer(suite)
      #expect(version == "1")
    }

    /// With room everything goes on by itself: the new version, settings, and what was only counted.
    private func heals(_ suite: RunningSuite) async throws {
      _ = try await eventually("version 2 to answer", within: .seconds(120)) {
        try await suite.client(as: People.pusher).infer(SmallModel.request).version == "2"
          ? true : nil
      }
      try await createKey(suite, Self.changesMax)
      _ = try await eventually("what was used on the full disk to be counted") {
        let usage = try await suite.channel().call(
          Gateway.API.getUsage, Gateway.GetUsageRequest()
        ).usage.first { $0.principal == People.pusher && $0.model == SmallModel.name }
        return (usage?.requests ?? 0) >= 100 ? true : nil
      }
    }

    /// Lines were dropped while the disk was full, and none was torn.
    private func accessLogIsWhole(_ disk: SmallDisk) throws {
      let content = try Data(contentsOf: disk.folder.appending(path: "access.log"))
      let lines = content.split(separator: UInt8(ascii: "\n"))
      #expect(!lines.isEmpty)
      for line in lines {
        #expect(throws: Never.self) { _ = try JSONSerialization.jsonObject(with: line) }
      }
    }

    // MARK: Both

    /// The version that answers, once one does.
    private func answer(_ suite: RunningSuite) async throws -> String {
      try await eventually("a worker to answer") {
        try await suite.client(as: People.pusher).infer(SmallModel.request).version
      }
    }

    /// Changes settings on a full disk until one is refused, which must say why.
    ///
    /// - Returns: how many changes were acknowledged.
    private func changesUntilFull(
      _ suite: RunningSuite,
      _ change: (_ suite: RunningSuite, _ number: Int) async throws(RPCError) -> Void
    ) async throws -> Int {
      for number in 0..<Self.changesMax {
        do throws(RPCError) {
          try await change(suite, number)
        } catch {
          #expect(error.code == .resourceExhausted && error.message.contains("disk is full"))
          return number
        }
      }
      throw StepFailure("\(Self.changesMax) changes were made on a full disk")
    }
  }
}
