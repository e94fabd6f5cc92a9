import Contracts
import Testing

@testable import MonitorCore

struct RecordDeskTests {
  private func summary(_ service: MonitorService) async throws -> [Monitor.VersionSummary] {
    try await service.summaries.summarize(
      .init(window: .init(model: MonitorHouse.model)), models: nil
    ).versions
  }

  @Test func `a request counts once, however often it is told, and also after a restart`()
    async throws
  {
    let house = try await MonitorHouse()
    let records = (0..<50).map {
      MonitorHouse.record("r\($0)", x: [1, 2], probabilities: [0.5, 0.5])
    }
    #expect(try await house.service.records.record(.init(records: records)).added == 50)
    #expect(try await house.service.records.record(.init(records: records)).added == 0)
    let again = try await house.reopened()
    #expect(try await again.records.record(.init(records: records + records)).added == 0)
    let found = try await summary(again)
    #expect(found.count == 1)
    #expect(found.first?.calls == 50)
    #expect(found.first?.rows == 50)
    try await again.close()
  }

  @Test func `the same request id of another key is another call`() async throws {
    let house = try await MonitorHouse()
    let records = ["k1", "k2"].map { MonitorHouse.record("same", key: $0) }
    #expect(try await house.service.records.record(.init(records: records)).added == 2)
  }

  @Test func `an answer takes the place of a failure, and no failure that of an answer`()
    async throws
  {
    let house = try await MonitorHouse()
    let failed = MonitorHouse.record("r", status: 14)
    let good = MonitorHouse.record("r", x: [1], probabilities: [0.2, 0.8])
    for record in [failed, good, failed] {
      _ = try await house.service.records.record(.init(records: [record]))
    }
    let found = try #require(try await summary(house.service).first)
    #expect((found.calls, found.failures, found.rows) == (1, 0, 1))
  }

  @Test func `failures and refusals are told by their status`() async throws {
    let house = try await MonitorHouse()
    var refused = MonitorHouse.record("r1", status: 8)
    refused.refused = true
    let records = [refused, MonitorHouse.record("r2", status: 4), MonitorHouse.record("r3")]
    _ = try await house.service.records.record(.init(records: records))
    let found = try #require(try await summary(house.service).first)
    #expect((found.calls, found.failures, found.refusals) == (3, 2, 1))
    #expect(Set(found.statuses.map(\.status)) == ["resource_exhausted", "deadline_exceeded"])
    #expect(found.gatewayP95 <= 1_010_000)
  }

  @Test func `what can't be read is counted, and its record is kept`() async throws {
    let house = try await MonitorHouse()
    let bomb = Monitor.BodyPart(
      content: [0x28, 0xB5, 0x2F, 0xFD], byteCount: .max, compressed: true)
    let nonsense: [[Monitor.BodyPart]] = [
      [MonitorHouse.part([0xFF, 0xFF, 0xFF])], [bomb],
      [.init(content: [1, 2, 3], byteCount: 3, compressed: true)],
      [.init(content: [UInt8](repeating: 0, count: 100), byteCount: 1)],
      [MonitorHouse.part([])],
    ]
    let records = nonsense.enumerated().map { index, parts in
      var record = MonitorHouse.record("r\(index)", x: [1], probabilities: [1])
      record.request = parts
      return record
    }
    #expect(
      try await house.service.records.record(.init(records: records, dropped: 7, gateway: "g"))
        .added == 5)
    let told = try await house.service.summaries.summarize(
      .init(window: .init(model: MonitorHouse.model)), models: nil)
    #expect(told.unreadable == 5)
    #expect(told.dropped == 7)
    #expect(told.versions.first?.rows == 0)
  }

  @Test func `what is too old is forgotten, payloads first`() async throws {
    let house = try await MonitorHouse()
    let (day, start) = (MonitorHouse.day, MonitorHouse.start)
    for (name, age) in [("new", 1), ("old", 20), ("ancient", 200)] as [(String, Int64)] {
      _ = try await house.keep(
        [(x: [1], probabilities: [1])], prefix: name, at: start - age * day)
    }
    _ = try await house.service.sweep()
    let found = try #require(try await summary(house.service).first)
    #expect(found.calls == 2)
    let page = try await house.service.exports.page(.init(window: MonitorHouse.window()))
    #expect(page.rows.map(\.requestID) == ["new0"])
  }

  @Test func `pages of an export hold every row once, with its labels`() async throws {
    let house = try await MonitorHouse()
    _ = try await house.keep((0..<25).map { (x: [Double($0)], probabilities: [0.1, 0.9]) })
    _ = try await house.service.labels.add(
      .init(model: MonitorHouse.model, labels: [.init(requestID: "r3", value: "1")]),
      by: MonitorHouse.ada)
    var request = Monitor.ExportRecordsRequest(window: MonitorHouse.window(), limit: 10)
    var rows: [Monitor.ExportedRow] = []
    repeat {
      let page = try await house.service.exports.page(request)
      rows += page.rows
      request.after = page.next
    } while request.after != 0
    #expect(rows.count == 25)
    #expect(Set(rows.map(\.requestID)).count == 25)
    #expect(rows.filter { !$0.label.isEmpty }.map(\.requestID) == ["r3"])
    #expect(
      rows.first?.values.map(\.name) == [
        "x", "probabilities[0]", "probabilities[1]", "probabilities.top",
      ])
  }
}
