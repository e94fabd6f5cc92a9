import Contracts
import Foundation
import Testing
import Trust

@testable import RegistryCore

struct PushesTests {
  @Test func aPushedPackageBecomesVersionOne() async throws {
    let house = try await House()
    let package = Package()
    let version = try await house.push(package)
    #expect(version.number == 1)
    #expect(version.files == package.entries)
    #expect(version.card == package.files["card.yaml"])
    #expect(version.signature == package.files["signature.json"])
    #expect(version.pushedBy == "dev")
    #expect(version.manifestDigest == (try package.manifest().digest.bytes))
    #expect(version.pusherKeyID == house.people.pusher.verifyingKey.identifier.description)
    let read = try await house.service.models.version(model: "magika", version: "1")
    #expect(read == version)
    #expect(house.directory.files(under: "uploads").isEmpty)
    #expect(house.directory.files(under: "artifacts").count == 3)
  }

  @Test func everyPushMakesTheNextNumberAndSharesFiles() async throws {
    let house = try await House()
    try await house.push(Package(weights: [1]))
    let second = try await house.push(Package(weights: [2]))
    #expect(second.number == 2)
    #expect(house.directory.files(under: "artifacts").count == 4)
  }

  @Test func theSameContentPushedAgainIsTheSameVersion() async throws {
    let house = try await House()
    let first = try await house.push()
    let entries = try await house.logged()
    let id = try await house.upload()
    let again = try await house.service.pushes.commit(.init(pushID: id), by: House.dev)
    let twice = try await house.service.pushes.commit(.init(pushID: id), by: House.dev)
    #expect(again == first)
    #expect(twice == first)
    #expect(try await house.logged() == entries)
  }

  @Test func theSameContentPushedByAnotherPersonIsTheSameVersion() async throws {
    let house = try await House()
    let first = try await house.push()
    let begun = try await house.service.pushes.begin(
      Package().request(signedBy: house.people.both), by: .principal("other"))
    #expect(begun.progress.allSatisfy { $0.stored > 0 })
    let again = try await house.service.pushes.commit(
      .init(pushID: begun.pushID), by: .principal("other"))
    #expect(again == first)
  }

  @Test func aCommitThatComesTwiceAtOnceMakesOneVersion() async throws {
    let house = try await House()
    let id = try await house.upload()
    let pushes = house.service.pushes
    async let one = pushes.commit(.init(pushID: id), by: House.dev)
    async let two = pushes.commit(.init(pushID: id), by: House.dev)
    let versions = try await [one, two]
    #expect(versions.map(\.number) == [1, 1])
  }

  @Test func aPushGoesOnAfterARestartWhereItWas() async throws {
    let house = try await House()
    let weights = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 9) }
    let package = Package(weights: weights)
    let request = try package.request(signedBy: house.people.pusher)
    let digest = ContentDigest(of: weights)
    let begun = try await house.service.pushes.begin(request, by: House.dev)
    _ = try await house.service.pushes.put(
      .init(
        pushID: begun.pushID, sha256: digest.bytes, offset: 0,
        content: Array(weights[..<1_000_000])), by: House.dev)

    let service = try await house.reopened()
    let resumed = try await service.pushes.begin(request, by: House.dev)
    #expect(resumed.pushID == begun.pushID)
    #expect(resumed.progress.first { $0.sha256 == digest.bytes }?.stored == 1_000_000)
    for start in stride(from: 1_000_000, to: weights.count, by: 1_000_000) {
      let answer = try await service.pushes.put(
        .init(
          pushID: begun.pushID, sha256: digest.bytes, offset: UInt64(start),
          content: Array(weights[start..<start + 1_000_000])), by: House.dev)
      #expect(answer.stored == UInt64(start + 1_000_000))
    }
    let version = try await house.push(package, to: service)
    #expect(version.number == 1)
  }

  @Test func aRepeatedChunkIsTakenOnce() async throws {
    let house = try await House()
    let weights: [UInt8] = Array(0..<100)
    let begun = try await house.service.pushes.begin(
      Package(weights: weights).request(signedBy: house.people.pusher), by: House.dev)
    let put: (UInt64, Range<Int>) async throws -> UInt64 = { offset, range in
      try await house.service.pushes.put(
        .init(
          pushID: begun.pushID, sha256: ContentDigest(of: weights).bytes, offset: offset,
          content: Array(weights[range])), by: House.dev
      ).stored
    }
    #expect(try await put(0, 0..<40) == 40)
    #expect(try await put(0, 0..<40) == 40)
    #expect(try await put(20, 20..<60) == 60)
    await #expect(throws: RegistryError.self) { try await put(61, 61..<70) }
    await #expect(throws: RegistryError.self) { try await put(0, 1..<41) }
    #expect(try await put(60, 60..<100) == 100)
    #expect(try await put(60, 60..<100) == 100)
    try await house.push(Package(weights: weights))
  }

  @Test func bytesThatArriveTornAreFoundAndCompleted() async throws {
    let house = try await House()
    let weights: [UInt8] = (0..<1000).map { UInt8(truncatingIfNeeded: $0) }
    let package = Package(weights: weights)
    let request = try package.request(signedBy: house.people.pusher)
    let begun = try await house.service.pushes.begin(request, by: House.dev)
    _ = try await house.service.pushes.put(
      .init(
        pushID: begun.pushID, sha256: ContentDigest(of: weights).bytes, offset: 0,
        content: Array(weights[..<300])), by: House.dev)
    let file = "\(house.directory.path)/uploads/\(begun.pushID)/\(ContentDigest(of: weights).hex)"
    let service = try await house.reopened()
    try append(Array(weights[300..<450]), to: file)
    let version = try await house.push(package, to: service)
    #expect(version.number == 1)
  }

  @Test func bytesThatAreNotTheFilesAreRemovedAndCanBeSentAgain() async throws {
    let house = try await House()
    let weights: [UInt8] = (0..<1000).map { UInt8(truncatingIfNeeded: $0) }
    let package = Package(weights: weights)
    let request = try package.request(signedBy: house.people.pusher)
    let begun = try await house.service.pushes.begin(request, by: House.dev)
    let digest = ContentDigest(of: weights)
    await #expect(throws: RegistryError.self) {
      try await house.service.pushes.put(
        .init(
          pushID: begun.pushID, sha256: digest.bytes, offset: 0,
          content: [UInt8](repeating: 9, count: 1000)), by: House.dev)
    }
    #expect(!house.directory.files(under: "uploads").contains { $0.hasSuffix(digest.hex) })
    try await house.push(package)
  }

  @Test func aFileThatWasWholeJustBeforeACrashIsWholeAfterIt() async throws {
    let house = try await House()
    let package = Package()
    let request = try package.request(signedBy: house.people.pusher)
    let begun = try await house.service.pushes.begin(request, by: House.dev)
    let service = try await house.reopened()
    let folder = "\(house.directory.path)/uploads/\(begun.pushID)"
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    for content in package.files.values {
      try Data(content).write(
        to: URL(fileURLWithPath: "\(folder)/\(ContentDigest(of: content).hex)"))
    }
    let resumed = try await service.pushes.begin(request, by: House.dev)
    #expect(
      resumed.progress.map(\.stored).sorted()
        == package.files.values.map { UInt64($0.count) }.sorted())
    _ = try await service.pushes.commit(.init(pushID: begun.pushID), by: House.dev)
  }

  @Test func anEmptyFileNeedsNoChunk() async throws {
    let house = try await House()
    var package = Package()
    package.files["empty.txt"] = []
    let version = try await house.push(package)
    #expect(version.files.contains { $0.path == "empty.txt" && $0.byteCount == 0 })
  }

  @Test func aPushThatNobodyTouchesIsRemovedWithItsFiles() async throws {
    let house = try await House()
    try await house.push(Package(weights: [1]))
    _ = try await house.upload(Package(weights: [2]))
    house.clock.advance(by: .seconds(86_401))
    try await house.service.pushes.expire()
    #expect(house.directory.files(under: "uploads").isEmpty)
    #expect(house.directory.files(under: "artifacts").count == 3)
    #expect(try await house.logged().last == "push.abandon")
    try await house.push(Package(weights: [2]))
  }

  @Test func whatACrashLeftIsRemovedAtTheStart() async throws {
    let house = try await House()
    try await house.push()
    let orphan = ContentDigest(of: [7, 7])
    for path in ["uploads/0123abcd", "artifacts/sha256/\(orphan.hex.prefix(2))"] {
      let folder = "\(house.directory.path)/\(path)"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try Data([7, 7]).write(to: URL(fileURLWithPath: "\(folder)/\(orphan.hex)"))
    }
    let service = try await house.reopened()
    #expect(house.directory.files(under: "uploads").isEmpty)
    #expect(house.directory.files(under: "artifacts").count == 3)
    _ = try await service.models.version(model: "magika", version: "1")
  }

  @Test func aCommitGoesOnAfterACrashBetweenFilesAndRows() async throws {
    let house = try await House()
    let id = try await house.upload()
    for path in house.directory.files(under: "uploads") {
      let hex = String(path.split(separator: "/").last ?? "")
      let folder = "\(house.directory.path)/artifacts/sha256/\(hex.prefix(2))"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try FileManager.default.moveItem(
        atPath: "\(house.directory.path)/uploads/\(path)", toPath: "\(folder)/\(hex)")
    }
    let service = try await house.reopened()
    let version = try await service.pushes.commit(.init(pushID: id), by: House.dev)
    #expect(version.number == 1)
  }

  @Test func onlyWhoBeganAPushGoesOnWithIt() async throws {
    let house = try await House()
    let id = try await house.upload()
    await #expect(throws: RegistryError.self) {
      try await house.service.pushes.commit(.init(pushID: id), by: .principal("mallory"))
    }
  }

  @Test func refusesToCommitWhatIsNotWhole() async throws {
    let house = try await House()
    let begun = try await house.service.pushes.begin(
      Package().request(signedBy: house.people.pusher), by: House.dev)
    await #expect(throws: RegistryError.self) {
      try await house.service.pushes.commit(.init(pushID: begun.pushID), by: House.dev)
    }
  }

  @Test func refusesABadCardWithItsFieldAndMakesNoVersion() async throws {
    let house = try await House()
    do {
      try await house.push(Package(card: "name: x"))
      Issue.record("the card was taken")
    } catch let error as RegistryError {
      #expect(error.message.contains("`description` is missing"), "\(error.message)")
    }
    await #expect(throws: RegistryError.self) { try await house.service.models.model("magika") }
  }

  @Test func refusesKeysThatAreNotPushers() async throws {
    let house = try await House()
    for key in [house.people.ana, house.people.stranger] {
      await #expect(throws: RegistryError.self) { try await house.push(signedBy: key) }
    }
    #expect(try await house.logged().isEmpty)
    #expect(house.directory.files(under: "uploads").isEmpty)
  }

  @Test(arguments: [
    "another file", "another digest", "another model", "another size", "no card", "no signature",
    "a path out", "a path twice", "a short digest",
  ])
  func refusesABeginThatDoesNotFitItsManifest(_ fault: String) async throws {
    let house = try await House()
    var request = try Package().request(signedBy: house.people.pusher)
    switch fault {
    case "another file":
      request.files.append(.init(path: "extra", byteCount: 1, sha256: ContentDigest(of: [1]).bytes))
    case "another digest": request.files[1].sha256 = ContentDigest(of: [9]).bytes
    case "another model": request.model = "other"
    case "another size":
      request.files.append(request.files[1])
      request.files[3].path = "copy"
      request.files[3].byteCount += 1
    case "no card": request.files.removeAll { $0.path == "card.yaml" }
    case "no signature": request.files.removeAll { $0.path == "signature.json" }
    case "a path out": request.files[1].path = "../model.onnx"
    case "a path twice": request.files.append(request.files[1])
    default: request.files[1].sha256 = [1]
    }
    let refused = request
    await #expect(throws: RegistryError.self, "\(fault)") {
      try await house.service.pushes.begin(refused, by: House.dev)
    }
    #expect(try await house.logged().isEmpty)
  }

  @Test func onePersonMayNotHoldMorePushesOpenThanTheLimit() async throws {
    var limits = House.limits
    limits.pushesPerPrincipalMax = 1
    let house = try await House(limits: limits)
    _ = try await house.upload(Package(weights: [1]))
    await #expect(throws: RegistryError.self) { try await house.upload(Package(weights: [2])) }
    try await house.push(Package(weights: [1]))
    try await house.push(Package(weights: [2]))
  }

  private func append(_ bytes: [UInt8], to path: String) throws {
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(bytes))
    try handle.close()
  }
}
