import Contracts
import Foundation
import IntegrationSuite
import RPC
import SlipwayClient
import Testing

extension IntegrationTests {
  /// The registry's store on a file system of a few megabytes.
  @Suite(.timeLimit(.minutes(5)), .enabled(if: getuid() == 0, "mounting a tmpfs takes root"))
  struct FullDiskTests {
    /// The registry wants 16 MiB of it free.
    private static let diskMebibytes = 32
    /// The database may reuse the space that it has.
    private static let changesMax = 5000

    @Test func `a full disk refuses a push clearly and spoils nothing`() async throws {
      let folder = try SuiteFolder()
      defer { folder.remove() }
      let registry = folder.state.appending(path: "registry")
      try FileManager.default.createDirectory(
        at: registry, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      let mount = try await RunningSuite.program(
        "mount", "-t", "tmpfs", "-o", "size=\(Self.diskMebibytes)m,mode=0700", "tmpfs",
        registry.path)
      guard mount.status == 0 else {
        print("full disk: not tested, mount said: \(mount.errors)")
        return
      }
      do {
        try await fill(folder)
        try await RunningSuite.program("umount", registry.path).succeeded()
      } catch {
        _ = try await RunningSuite.program("umount", "-l", registry.path)
        throw error
      }
    }

    private func fill(_ folder: SuiteFolder) async throws {
      let checkout = try Checkout()
      try await RunningSuite.withSuite(in: folder, from: checkout) { suite in
        let model = SmallModel(on: suite)
        try await model.serve()
        try await refuseLargePush(suite)
        let aliases = try await refuseChanges(suite)
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
        _ = try await eventually("the worker to serve again") {
          try await suite.client(as: People.pusher).infer(SmallModel.request)
        }
      }
    }

    private func refuseLargePush(_ suite: RunningSuite) async throws {
      let weights = suite.folder.home.appending(path: "weights.bin")
      try Data(count: Self.diskMebibytes << 20).write(to: weights)
      let refusal = try await SmallModel(on: suite)
        .push(note: "Too large.", weights: weights.path).refused()
      #expect(refusal.contains("disk is full"), "the refusal says: \(refusal)")
    }

    /// Fills the disk to its last byte, changes settings until one is refused, and makes room again.
    ///
    /// - Returns: how many changes were acknowledged.
    private func refuseChanges(_ suite: RunningSuite) async throws -> Int {
      let filler = suite.folder.state.appending(path: "registry/filler")
      try Data().write(to: filler)
      defer { try? FileManager.default.removeItem(at: filler) }
      let file = try FileHandle(forWritingTo: filler)
      for size in [1 << 20, 1 << 12] {
        while (try? file.write(contentsOf: Data(count: size))) != nil {}
      }
      try file.close()
      let channel = try suite.channel(as: People.pusher)
      for number in 0..<Self.changesMax {
        do throws(RPCError) {
          _ = try await channel.call(
            Registry.API.setAlias,
            Registry.SetAliasRequest(model: SmallModel.name, alias: "a\(number)", version: 1))
        } catch {
          #expect(error.code == .resourceExhausted && error.message.contains("disk is full"))
          return number
        }
      }
      throw StepFailure("\(Self.changesMax) changes were made on a full disk")
    }
  }
}
