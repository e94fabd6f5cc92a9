import Contracts
import Foundation
import Testing
import Trust

@testable import RegistryCore

struct ArtifactStoreTests {
  private static let weights = (0..<2_500_000).map {
    UInt8(truncatingIfNeeded: $0 &* 13 &+ $0 >> 7)
  }

  @Test(arguments: [
    (0, 1), (0, 1_048_576), (1_000_000, 1_048_576), (2_499_999, 100), (2_500_000, 1),
  ])
  func readsAnyPartAsItCameIn(_ offset: Int, _ count: Int) async throws {
    let house = try await House()
    try await push(house)
    let chunk = try await house.service.models.chunk(
      .init(
        sha256: ContentDigest(of: Self.weights).bytes, offset: UInt64(offset),
        byteCountMax: UInt32(count)))
    #expect(chunk.byteCount == 2_500_000)
    #expect(chunk.content == Array(Self.weights[offset..<min(offset + count, 2_500_000)]))
  }

  @Test func neverServesABlockThatWasAlteredOnDisk() async throws {
    let house = try await House()
    try await push(house)
    let digest = ContentDigest(of: Self.weights)
    let path = "\(house.directory.path)/artifacts/sha256/\(digest.hex.prefix(2))/\(digest.hex)"
    let read: (UInt64) async throws -> [UInt8] = { offset in
      try await house.service.models.chunk(
        .init(sha256: digest.bytes, offset: offset, byteCountMax: 10)
      ).content
    }
    // Read once before, so that nothing remembered can hide the change.
    _ = try await read(1_500_000)
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.seek(toOffset: 1_500_000)
    try handle.write(contentsOf: Data([Self.weights[1_500_000] ^ 1]))
    try handle.close()
    await #expect(throws: RegistryError.self) { try await read(1_500_000) }
    await #expect(throws: RegistryError.self) { try await read(1_100_000) }
    #expect(try await read(0) == Array(Self.weights[..<10]))
  }

  @Test func neverServesAFileThatWasCutOrIsGone() async throws {
    let house = try await House()
    try await push(house)
    let digest = ContentDigest(of: Self.weights)
    let path = "\(house.directory.path)/artifacts/sha256/\(digest.hex.prefix(2))/\(digest.hex)"
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.truncate(atOffset: 2_400_000)
    try handle.close()
    let request = Registry.GetChunkRequest(
      sha256: digest.bytes, offset: 2_200_000, byteCountMax: 10)
    await #expect(throws: RegistryError.self) { try await house.service.models.chunk(request) }
    try FileManager.default.removeItem(atPath: path)
    await #expect(throws: RegistryError.self) { try await house.service.models.chunk(request) }
  }

  @Test func refusesWhatIsNoPartOfAnArtifact() async throws {
    let house = try await House()
    try await push(house)
    let digest = ContentDigest(of: Self.weights).bytes
    for request in [
      Registry.GetChunkRequest(sha256: digest, offset: 2_500_001, byteCountMax: 1),
      Registry.GetChunkRequest(sha256: digest, offset: .max, byteCountMax: 1),
      Registry.GetChunkRequest(sha256: digest, offset: 0, byteCountMax: 0),
      Registry.GetChunkRequest(sha256: [1], offset: 0, byteCountMax: 1),
      Registry.GetChunkRequest(
        sha256: ContentDigest(of: [4]).bytes, offset: 0, byteCountMax: 1),
    ] {
      await #expect(throws: RegistryError.self) { try await house.service.models.chunk(request) }
    }
  }

  private func push(_ house: House) async throws {
    let package = Package(weights: Self.weights)
    let begun = try await house.service.pushes.begin(
      package.request(signedBy: house.people.pusher), by: House.dev)
    let digest = ContentDigest(of: Self.weights).bytes
    for start in stride(from: 0, to: Self.weights.count, by: 1_000_000) {
      let content = Array(Self.weights[start..<min(start + 1_000_000, Self.weights.count)])
      _ = try await house.service.pushes.put(
        .init(pushID: begun.pushID, sha256: digest, offset: UInt64(start), content: content),
        by: House.dev)
    }
    try await house.push(package)
  }
}
