import Foundation
import InferenceWorkerCore
import RPC
import Synchronization
import Testing
import Trust

@Suite struct ArtifactCacheTests {
  private func source(_ registry: FakeRegistry) -> RegistrySource {
    RegistrySource(channel: registry, sleep: { _ in })
  }

  private func content(_ folder: VersionFolder, _ file: String) -> [UInt8]? {
    FileManager.default.contents(atPath: folder.path(of: file)).map { [UInt8]($0) }
  }

  private func parts(_ root: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root + "/parts")
  }

  @Test func `a version's files lie under their names, read-only, and are fetched once`()
    async throws
  {
    try await withTemporaryFolder { root in
      var version = try SignedVersion()
      version.files["weights/part-1.bin"] = [UInt8](repeating: 7, count: 100)
      let registry = try version.registry()
      let cache = ArtifactCache(folder: root)
      let folder = try await cache.open(version.verified(), from: source(registry))
      #expect(folder.files == version.files.keys.sorted())
      for (path, expected) in version.files { #expect(content(folder, path) == expected) }
      let mode = try FileManager.default.attributesOfItem(
        atPath: folder.path(of: "model.fake"))[.posixPermissions]
      #expect(mode as? Int == 0o444)
      let again = try await cache.open(version.verified(), from: source(registry))
      #expect(registry.calls.count == version.files.count)
      folder.remove()
      #expect(content(folder, "model.fake") == nil)
      #expect(content(again, "model.fake") == version.files["model.fake"])
      #expect(try parts(root).isEmpty)
    }
  }

  @Test func `a file larger than a chunk is put together, and an empty one is made`() async throws {
    try await withTemporaryFolder { root in
      var version = try SignedVersion()
      let size = 2 * RegistrySource.chunkBytesMax + 17
      let large = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      version.files["large.bin"] = large
      version.files["empty.bin"] = []
      let folder = try await ArtifactCache(folder: root)
        .open(version.verified(), from: source(version.registry()))
      #expect(content(folder, "large.bin") == large)
      #expect(content(folder, "empty.bin") == [])
    }
  }

  @Test func `a fetch that broke off goes on where it ended`() async throws {
    try await withTemporaryFolder { root in
      let large = [UInt8](repeating: 3, count: RegistrySource.chunkBytesMax + 5)
      let version = try SignedVersion(files: ["large.bin": large])
      let registry = try version.registry()
      let cache = ArtifactCache(folder: root)
      let failing = FailingAfter(chunks: 1, registry)
      await #expect(throws: LoadError.self) {
        try await cache.open(
          version.verified(), from: RegistrySource(channel: failing, sleep: { _ in }))
      }
      #expect(try parts(root).count == 1)
      registry.state.withLock { $0.offsets = [] }
      let folder = try await cache.open(version.verified(), from: source(registry))
      #expect(registry.state.withLock { $0.offsets } == [UInt64(RegistrySource.chunkBytesMax)])
      #expect(content(folder, "large.bin") == large)
      #expect(try parts(root).isEmpty)
    }
  }

  @Test func `a damaged rest is thrown away and fetched from the start`() async throws {
    try await withTemporaryFolder { root in
      let version = try SignedVersion(files: ["a.bin": Array("hello world".utf8)])
      let digest = ContentDigest(of: Array("hello world".utf8))
      try FileManager.default.createDirectory(
        atPath: root + "/parts", withIntermediateDirectories: true)
      try Data("jello".utf8).write(to: URL(filePath: "\(root)/parts/\(digest.hex).rest"))
      let registry = try version.registry()
      let folder = try await ArtifactCache(folder: root)
        .open(version.verified(), from: source(registry))
      #expect(registry.state.withLock { $0.offsets } == [5, 0])
      #expect(content(folder, "a.bin") == Array("hello world".utf8))
      #expect(try parts(root).isEmpty)
    }
  }

  @Test func `other bytes than were signed never get a name in the cache`() async throws {
    try await withTemporaryFolder { root in
      let version = try SignedVersion(files: ["a.bin": Array("hello".utf8)])
      let digest = ContentDigest(of: Array("hello".utf8))
      let registry = try version.registry()
      registry.state.withLock { $0.contents[digest.bytes] = Array("jello".utf8) }
      let cache = ArtifactCache(folder: root)
      let error = await #expect(throws: LoadError.self) {
        try await cache.open(version.verified(), from: source(registry))
      }
      #expect(error?.description.contains("the content of `a.bin` is sha256:") == true)
      #expect(!FileManager.default.fileExists(atPath: cache.path(of: digest)))
      #expect(try parts(root).isEmpty)
    }
  }

  @Test func `a file that was altered in the cache is fetched again`() async throws {
    try await withTemporaryFolder { root in
      let version = try SignedVersion(files: ["a.bin": Array("hello".utf8)])
      let registry = try version.registry()
      let cache = ArtifactCache(folder: root)
      try await cache.open(version.verified(), from: source(registry)).remove()
      let place = cache.path(of: ContentDigest(of: Array("hello".utf8)))
      try FileManager.default.removeItem(atPath: place)
      try Data("jello".utf8).write(to: URL(filePath: place))
      let folder = try await cache.open(version.verified(), from: source(registry))
      #expect(content(folder, "a.bin") == Array("hello".utf8))
      #expect(registry.calls.count == 2)
    }
  }

  @Test func `a registry that is away for a moment is asked again, a refusal is final`()
    async throws
  {
    try await withTemporaryFolder { root in
      let version = try SignedVersion(files: ["a.bin": Array("hello".utf8)])
      let registry = try version.registry()
      let away = RPCError(.unavailable, "away")
      registry.state.withLock { $0.faults["GetChunk"] = [away, away] }
      let cache = ArtifactCache(folder: root)
      try await cache.open(version.verified(), from: source(registry)).remove()
      #expect(registry.calls.count == 3)
      registry.state.withLock { $0.faults["GetEvidence"] = [RPCError(.notFound, "gone")] }
      await #expect(throws: LoadError.self) {
        try await source(registry).evidence(model: "demo", version: 3)
      }
      #expect(registry.calls.count == 4)
    }
  }
}
