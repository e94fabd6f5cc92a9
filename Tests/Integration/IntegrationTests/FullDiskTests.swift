import Contracts
import Foundation
import IntegrationSuite
import SlipwayClient
import Testing

extension IntegrationTests {
  /// The registry's store on a file system of a few megabytes.
  @Suite(.timeLimit(.minutes(5)), .enabled(if: getuid() == 0, "mounting a tmpfs takes root"))
  struct FullDiskTests {
    @Test func `a full disk refuses a push clearly and spoils nothing`() async throws {
      let folder = try SuiteFolder()
      defer { folder.remove() }
      let registry = folder.state.appending(path: "registry")
      try FileManager.default.createDirectory(
        at: registry, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      let mount = try await IntegrationSuite.Suite.program(
        "mount", "-t", "tmpfs", "-o", "size=12m,mode=0700", "tmpfs", registry.path)
      guard mount.status == 0 else {
        print("full disk: not tested, mount said: \(mount.errors)")
        return
      }
      do {
        try await fill(folder)
        try await IntegrationSuite.Suite.program("umount", registry.path).succeeded()
      } catch {
        _ = try await IntegrationSuite.Suite.program("umount", "-l", registry.path)
        throw error
      }
    }

    private func fill(_ folder: SuiteFolder) async throws {
      let checkout = try Checkout()
      try await IntegrationSuite.Suite.withSuite(in: folder, from: checkout) { suite in
        let model = SmallModel(on: suite)
        try await model.serve()
        let weights = suite.folder.home.appending(path: "weights.bin")
        var chance = SystemRandomNumberGenerator()
        let content = (0..<3_000_000).map { _ in chance.next() as UInt64 }
        try Data(
          content.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
        )
        .write(to: weights)
        let refusal = try await model.push(note: "Too large.", weights: weights.path).refused()
        #expect(
          refusal.contains("disk") || refusal.contains("space") || refusal.contains("full"),
          "the refusal says: \(refusal)")
        _ = try await suite.client(as: People.pusher).infer(SmallModel.request)
        try await model.push(note: "Small enough.").succeeded()
        let numbers = try await model.registered().versions.map(\.number)
        #expect(numbers == [1, 2])
      }
      // Nothing needs repair: it starts again on the same disk.
      try await IntegrationSuite.Suite.withSuite(in: folder, from: checkout) { suite in
        let versions = try await SmallModel(on: suite).registered().versions
        #expect(versions.count == 2)
      }
    }
  }
}
