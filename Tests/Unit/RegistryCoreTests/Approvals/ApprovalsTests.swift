import Contracts
import Foundation
import Testing
import Trust

@testable import RegistryCore

struct ApprovalsTests {
  @Test func countsDistinctPeople() async throws {
    let house = try await House()
    let version = try await house.push()
    #expect(
      try await house.approve(version, by: house.people.ana) == .init(approvers: 1, required: 2))
    #expect(
      try await house.approve(version, by: house.people.ben) == .init(approvers: 2, required: 2))
    let read = try await house.service.models.version(model: "magika", version: "1")
    #expect(Set(read.approvals.map(\.principal)) == ["ana", "ben"])
    #expect(read.approvals.allSatisfy { $0.environment == "production" })
  }

  @Test func theSameApprovalAgainChangesNothing() async throws {
    let house = try await House()
    let version = try await house.push()
    let envelope = try house.approval(of: version, by: house.people.ana)
    for _ in 0..<3 {
      let answer = try await house.service.approvals.approve(
        .init(envelope: envelope), by: .principal("ana"))
      #expect(answer.approvers == 1)
    }
    #expect(try await house.logged().filter { $0 == "approval.add" }.count == 1)
  }

  @Test func aNewerApprovalByTheSameKeyTakesThePlaceOfTheOlder() async throws {
    let house = try await House()
    let version = try await house.push()
    try await house.approve(version, by: house.people.ana, days: 10)
    try await house.approve(version, by: house.people.ana, days: 20)
    let read = try await house.service.models.version(model: "magika", version: "1")
    #expect(read.approvals.count == 1)
    let expiry = house.clock.now.wholeSeconds.adding(.seconds(20 * 86_400)).nanosecondsSinceEpoch
    #expect(abs((read.approvals.first?.expiresAt ?? 0) - expiry) <= 1_000_000_000)
  }

  @Test func eachEnvironmentHasItsOwnApprovals() async throws {
    let house = try await House()
    let version = try await house.push()
    try await house.approve(version, by: house.people.ana)
    let answer = try await house.approve(version, by: house.people.ben, environment: "staging")
    #expect(answer == .init(approvers: 1, required: 2))
  }

  @Test(arguments: ["the pusher", "a pusher only", "a stranger"])
  func refusesWhoMayNotApprove(_ who: String) async throws {
    let house = try await House()
    let version = try await house.push(signedBy: house.people.both)
    let key =
      switch who {
      case "the pusher": house.people.both
      case "a pusher only": house.people.pusher
      default: house.people.stranger
      }
    do {
      try await house.approve(version, by: key)
      Issue.record("\(who) was taken")
    } catch let error as RegistryError {
      guard case .refused = error else {
        Issue.record("\(error)")
        return
      }
    }
    #expect(try await house.logged().last == "model.push")
  }

  @Test func refusesAnApprovalOfAnotherManifestOrOfNoVersion() async throws {
    let house = try await House()
    let version = try await house.push()
    var other = version
    other.manifestDigest = ContentDigest(of: [1]).bytes
    await #expect(throws: RegistryError.self) {
      try await house.approve(other, by: house.people.ana)
    }
    other = version
    other.number = 7
    await #expect(throws: RegistryError.self) {
      try await house.approve(other, by: house.people.ana)
    }
  }

  @Test func refusesEnvelopesThatAreNoneOrWereAltered() async throws {
    let house = try await House()
    let version = try await house.push()
    let envelope = try house.approval(of: version, by: house.people.ana)
    let forged = String(decoding: envelope, as: UTF8.self)
      .replacingOccurrences(
        of: house.people.ana.verifyingKey.identifier.description,
        with: house.people.ben.verifyingKey.identifier.description)
    for bytes in [[], Array("{}".utf8), Array(envelope.dropLast(3)), Array(forged.utf8)] {
      await #expect(throws: RegistryError.self) {
        try await house.service.approvals.approve(.init(envelope: bytes), by: .principal("ana"))
      }
    }
  }

  @Test func aKeyRevokedInTheTrustFileCountsNoMoreAtOnce() async throws {
    let house = try await House()
    let version = try await house.pushApproved()
    try await house.deploy([.init(version: version.number, replicas: 1, weight: 100)])
    let path = "\(house.directory.path)/trust.json"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let line = "\"\(house.people.ben.verifyingKey)\""
    try text.replacingOccurrences(of: line, with: line + ", \"revoked\": true")
      .write(toFile: path, atomically: false, encoding: .utf8)
    await #expect(throws: RegistryError.self) {
      try await house.deploy([.init(version: version.number, replicas: 2, weight: 100)])
    }
  }
}
