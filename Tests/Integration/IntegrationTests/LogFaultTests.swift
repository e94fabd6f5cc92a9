import Foundation
import IntegrationSuite
import Testing

extension IntegrationTests {
  /// The transparency log's writer as a process of its own, killed and failed; each time everything that
  /// was acknowledged is looked for, and the exported log verified.
  @Suite(.serialized, .timeLimit(.minutes(30))) struct LogFaultTests {
    private static let isLong = ProcessInfo.processInfo.environment["SLIPWAY_LONG"] == "1"
    private static let kills = isLong ? 200 : 20
    /// Each system call is failed at its first … time.
    private static let callDepth = isLong ? 25 : 2
    private static let diskMebibytes = 8

    @Test func `nothing acknowledged is lost when the log's writer is killed at random points`()
      async throws
    {
      try await faults("kill", "\(Self.kills)")
    }

    @Test(.enabled("strace must be there and may trace") { await canTrace() })
    func `nothing acknowledged is lost when any system call of the log's writer fails`()
      async throws
    {
      try await faults("calls", "\(Self.callDepth)")
    }

    @Test(.enabled("mounting a small disk takes root") { await SmallDisk.isPossible() })
    func `a full disk under the log refuses, loses nothing and heals`() async throws {
      let folder = try SuiteFolder()
      defer { folder.remove() }
      try await SmallDisk.with(
        [folder.state.appending(path: "disk")], mebibytes: Self.diskMebibytes
      ) { disks in
        try await faults("disk", in: disks[0].folder.appending(path: "log"))
      }
    }

    private func faults(_ verb: String..., in folder: URL? = nil) async throws {
      let own = try SuiteFolder()
      defer { own.remove() }
      let checkout = try Checkout()
      let seed = UInt32.random(in: 1...100_000)
      let folder = folder ?? own.state.appending(path: "log")
      try FileManager.default.createDirectory(
        at: folder.deletingLastPathComponent(), withIntermediateDirectories: true)
      let said = try await RunningSuite.python(
        "Tests/Integration/log_faults.py",
        [checkout.executables.path, folder.path] + verb + ["\(seed)"], in: checkout,
        within: .seconds(1500)
      ).succeeded()
      print("log faults: \(said.trimmingCharacters(in: .whitespacesAndNewlines))")
    }

    static func canTrace() async -> Bool {
      let result = try? await RunningSuite.program("strace", "-qq", "-o", "/dev/null", "true")
      return result?.status == 0
    }
  }
}
