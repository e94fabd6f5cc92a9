import Contracts
import Foundation
import RPC
import Synchronization
import Testing

@testable import SlipwayTool

struct MonitorVerbTests {
  private static let report = Monitor.DriftReport(
    model: "m", version: 2, baseline: 3, baselineRows: 1000, rows: 200, exact: true,
    columns: [
      .init(
        name: "x[1]", role: "input", kind: "number", verdict: "drifted",
        words: "the median went up",
        pValue: 1e-9, jensenShannon: 0.5, kolmogorovSmirnov: 0.6, wasserstein: .infinity,
        binsBefore: [1, 1, 0], binsNow: [0, 4, 8]),
      .init(name: "x[0]", role: "input", kind: "number", verdict: "steady"),
    ], cause: "input `x[1]` has changed most: the median went up")

  private static func gateway() -> FakeGateway {
    let gateway = FakeGateway()
    gateway.on(Monitor.API.getDrift) { _ throws(RPCError) in report }
    return gateway
  }

  @Test func `drift is a table with pictures, and every number as JSON`() async throws {
    let table = await Run(["drift", "m"], on: Self.gateway())
    #expect(table.status == 0)
    #expect(table.output.contains("x[1]\tinput\tdrifted\t0.500"))
    #expect(table.output.contains("▄█"))
    #expect(table.complaint.contains("1 of 2 columns have drifted"))
    #expect(table.complaint.contains("has changed most"))
    let json = await Run(["drift", "m", "--json"], on: Self.gateway())
    #expect(json.output.contains("\"baselineRows\" : 1000"))
    #expect(json.output.contains("\"verdict\" : \"steady\""))
    #expect(!json.output.contains("wasserstein\" : inf"))
  }

  @Test func `drift that is checked for ends with 1`() async {
    #expect(await Run(["drift", "m", "--check"], on: Self.gateway()).status == 1)
  }

  @Test func `labels of a file are sent with their rows and times`() async throws {
    let asked = Mutex<[Monitor.Label]>([])
    let gateway = FakeGateway()
    gateway.on(Monitor.API.addLabels) { request throws(RPCError) in
      asked.withLock { $0 += request.labels }
      return Monitor.AddLabelsResponse(added: UInt32(request.labels.count))
    }
    let file = NSTemporaryDirectory() + "labels-\(UUID().uuidString).csv"
    defer { try? FileManager.default.removeItem(atPath: file) }
    try Data(
      """
      request_id,label,row,known_at
      a,1,0,
      "b,c","say \"\"yes\"\"!",2,1970-01-01T00:00:01Z
      d,,0,

      """.utf8
    ).write(to: URL(fileURLWithPath: file))
    let run = await Run(["monitor", "label", "m", file], on: gateway)
    #expect(run.status == 0, "\(run.complaint)")
    #expect(
      asked.withLock { $0 } == [
        .init(requestID: "a", value: "1"),
        .init(requestID: "b,c", row: 2, value: "say \"yes\"!", knownAt: 1_000_000_000),
      ])
  }

  @Test(arguments: [
    ["monitor", "label", "m"], ["monitor", "label", "m", "f", "--request", "r", "--value", "1"],
    ["monitor", "task", "m"], ["drift"], ["drift", "m", "--since", "yesterday"],
    ["alerts", "acknowledge", "x"], ["monitor", "export", "m", "--format", "xml"],
  ])
  func `what is not understood ends with 2`(arguments: [String]) async {
    #expect(await Run(arguments, on: Self.gateway()).status == 2)
  }

  @Test(arguments: ["", "a,a\n1,2\n", "a,\n1,2\n", "a,b\n1\n"])
  func `a CSV file that is none says so`(text: String) {
    #expect(throws: ToolError.self) { try CSVFile(text: text, named: "f") }
  }

  @Test func `columns of numbers are numbers, others categories, and empty fields missing`() throws
  {
    let file = try CSVFile(text: "n,c,e\r\n1,DE,\r\n,FR,\r\n2.5,\"\",\r\n", named: "f")
    let columns = try file.columns(outputs: ["c"])
    #expect(columns[0].numbers.map(\.isNaN) == [false, true, false])
    #expect(columns[1].texts == ["DE", "FR", ""])
    #expect(columns.map(\.role) == ["input", "output", "input"])
    #expect(columns[2].texts.count == 3)
    #expect(throws: ToolError.self) { try file.columns(outputs: ["nothing"]) }
  }

  @Test func `exports are CloudEvents, or CSV with the label last`() throws {
    let row = Monitor.ExportedRow(
      requestID: "r,1", row: 0, version: 1, keyID: "k", startedAt: 1_000_000_000, status: "ok",
      values: [
        .init(name: "x", role: "input", content: .number(0.5)),
        .init(name: "gone", role: "input", content: .number(.nan)),
        .init(name: "c", role: "output", content: .text("DE")),
      ], label: "1", earlierLabels: ["0"])
    var events = RecordWriter(model: "m", format: .jsonl)
    let event = try events.text(of: [row])
    for part in [
      "\"specversion\":\"1.0\"", "\"x\":0.5", "\"gone\":null", "\"label\":\"1\"",
      "\"earlierLabels\":[\"0\"]",
    ] {
      #expect(event.contains(part), "\(part)")
    }
    var table = RecordWriter(model: "m", format: .csv)
    let lines = try table.text(of: [row, row]).split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[0] == "request_id,row,version,started_at,status,x,gone,c,label")
    #expect(lines[1] == "\"r,1\",0,1,1970-01-01T00:00:01Z,ok,0.5,,DE,1")
  }
}
