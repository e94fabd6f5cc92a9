import Contracts
import Foundation
import Testing
import Trust

@testable import RegistryCore

/// On a small tmpfs; runs as root only, where one can be mounted. One after the other: a process that
/// one test starts would hold the removed files of another for a moment.
@Suite(.serialized, .enabled(if: SmallDisk.isAvailable, "mounting a small disk takes root"))
struct FullDiskTests {
  @Test func refusesAPushThatCouldNotFitBeforeItsFirstByte() async throws {
    let disk = try SmallDisk(megabytes: 8)
    let house = try await House(directory: disk.directory, people: People())
    let package = Package(weights: [UInt8](repeating: 1, count: 20_000_000))
    do {
      _ = try await house.service.pushes.begin(
        package.request(signedBy: house.people.pusher), by: House.dev)
      Issue.record("it was taken")
    } catch let error as RegistryError {
      guard case .exhausted(let message) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(message.contains("free 2000"), "\(message)")
    }
    #expect(try await house.logged().isEmpty)
    #expect(disk.directory.files(under: "uploads").isEmpty)
  }

  @Test func leavesNoPartOfAChunkThatTheDiskDidNotTake() throws {
    let disk = try SmallDisk(megabytes: 2)
    let files = try ArtifactFiles(stateDirectory: disk.directory.path)
    let digest = ContentDigest(of: [])
    let bytes = [UInt8](repeating: 3, count: 1_500_000)
    try files.append(bytes[...], at: 0, push: "p", digest)
    #expect(throws: RegistryError.exhausted("the registry's disk is full")) {
      try files.append(bytes[...], at: 1_500_000, push: "p", digest)
    }
    #expect(try files.uploadedByteCount(push: "p", digest) == 1_500_000)
    try files.removeUploads(push: "p")
    try files.append(bytes[...], at: 0, push: "q", digest)
  }

  @Test func keepsNothingOfAPushThatFillsTheDiskAndGoesOn() async throws {
    let disk = try SmallDisk(megabytes: 8)
    let house = try await House(directory: disk.directory, people: People())
    try await house.push(Package(model: "small"))
    let weights = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 >> 3) }
    let begun = try await house.service.pushes.begin(
      Package(weights: weights).request(signedBy: house.people.pusher), by: House.dev)
    // Somebody else takes the room meanwhile.
    let other = "\(disk.directory.path)/other"
    try disk.fill(other, leaving: 1_500_000)
    do {
      for start in stride(from: 0, to: weights.count, by: 1_000_000) {
        _ = try await house.service.pushes.put(
          .init(
            pushID: begun.pushID, sha256: ContentDigest(of: weights).bytes, offset: UInt64(start),
            content: Array(weights[start..<start + 1_000_000])), by: House.dev)
      }
      Issue.record("it was taken")
    } catch {
      guard case .exhausted = error else {
        Issue.record("\(error)")
        return
      }
    }
    #expect(disk.directory.files(under: "uploads").isEmpty)
    #expect(disk.directory.files(under: "artifacts").count == 3)
    _ = try await house.service.models.version(model: "small", version: "1")
    try FileManager.default.removeItem(atPath: other)
    try await house.push(Package(model: "another"))
    let service = try await house.reopened()
    #expect(try await service.models.list(.init()).models.map(\.name) == ["another", "small"])
  }
}

/// A tmpfs of a few megabytes, unmounted with the test.
private final class SmallDisk {
  let directory: TemporaryDirectory

  static let isAvailable = (try? SmallDisk(megabytes: 1)) != nil

  init(megabytes: Int) throws {
    directory = try TemporaryDirectory()
    try Self.run(
      "mount", "-t", "tmpfs", "-o", "size=\(megabytes)m,mode=0700", "tmpfs", directory.path)
  }

  deinit { try? Self.run("umount", "--lazy", directory.path) }

  func fill(_ path: String, leaving bytes: Int) throws {
    let attributes = try FileManager.default.attributesOfFileSystem(forPath: directory.path)
    let free = (attributes[.systemFreeSize] as? NSNumber)?.intValue ?? 0
    try Data(count: free - bytes).write(to: URL(fileURLWithPath: path))
  }

  private struct Failed: Error {}

  private static func run(_ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failed() }
  }
}
