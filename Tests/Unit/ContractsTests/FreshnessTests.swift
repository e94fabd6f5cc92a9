import Foundation
import Testing

struct FreshnessTests {
  @Test(
    .enabled(
      if: FileManager.default.isExecutableFile(atPath: "/usr/bin/protoc-gen-c"),
      "it takes protoc-gen-c, which scripts/bootstrap installs"))
  func `what is checked in is what the protos give, and the generator's own tests pass`()
    async throws
  {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
    let process = Process()
    process.executableURL = root.appending(path: "scripts/generate")
    process.arguments = ["--check"]
    let status: Int32 = try await withCheckedThrowingContinuation { continuation in
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    #expect(status == 0, "run scripts/generate and commit")
  }
}
