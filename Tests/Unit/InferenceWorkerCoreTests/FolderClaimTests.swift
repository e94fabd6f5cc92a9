import Foundation
import Testing

@testable import InferenceWorkerCore

@Suite struct FolderClaimTests {
  private func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test("folders that killed workers left are removed when the next version is opened")
  func leftovers() async throws {
    try await withTemporaryFolder { root in
      let versions = URL(filePath: root).appending(path: "versions")
      // One of before there were locks, one whose worker is gone, and a lock without a folder.
      for name in ["AAAA/sub", "BBBB"] {
        try FileManager.default.createDirectory(
          at: versions.appending(path: name), withIntermediateDirectories: true)
      }
      for name in ["AAAA/sub/model.onnx", "BBBB.lock", "CCCC.lock"] {
        #expect(
          FileManager.default.createFile(
            atPath: versions.appending(path: name).path, contents: nil))
      }
      let version = try SignedVersion()
      let folder = try await ArtifactCache(folder: root).open(
        version.verified(),
        from: RegistrySource(channel: version.registry(), sleep: { _ in }))
      let own = URL(filePath: folder.path).lastPathComponent
      #expect(try names(versions.path) == [own, own + ".lock"])
      folder.remove()
      #expect(try names(versions.path).isEmpty)
    }
  }

  @Test("a folder that a live worker claims stays")
  func claimed() async throws {
    try await withTemporaryFolder { root in
      let versions = URL(filePath: root)
      let claim = try FolderClaim.make(in: versions)
      try makeFolder(claim.folder)
      FolderClaim.sweep(versions)
      #expect(FileManager.default.fileExists(atPath: claim.folder.path))
      let second = try FolderClaim.make(in: versions)
      #expect(second.folder != claim.folder)
      claim.release()
      second.release()
      #expect(try names(root).isEmpty)
    }
  }
}
