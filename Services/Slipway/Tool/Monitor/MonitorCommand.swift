internal import ArgumentParser
internal import Contracts

struct MonitorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "monitor", abstract: "What calls came to: records, baselines, labels.",
    discussion: """
      Each call is recorded with its latency and its status, and its inputs and outputs become columns: \
      x[0], x[1] … of a tensor x, its mean, deviation, smallest and largest if it is long, and \
      `probabilities.top` for the place of an output's largest number.
      """,
    subcommands: [
      Show.self, MonitorBaseline.self, MonitorLabel.self, MonitorTask.self, MonitorExport.self,
    ])

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show what each version's calls came to.")

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "Only of this model.")
    var model = ""
    @Option(
      parsing: .unconditional, help: .time("Only this long back, such as 24h."),
      transform: TimeSpan.parse)
    var last: TimeSpan?
    @Option(help: "Only calls with this key or principal, such as key=ab12.")
    var segment = ""

    func run() async throws {
      let session = try await connection.session()
      let response = try await session.call(
        Monitor.API.summarize,
        Monitor.SummarizeRequest(
          window: Monitor.Window(
            model: model, since: try WindowOptions.time(last?.text, session.context),
            segment: segment)))
      session.present(PresentableList(elements: response.versions.map(SummaryView.init)))
      if response.dropped > 0 {
        session.note(
          "gateways could not keep \(response.dropped) records while the monitor was away")
      }
      if response.unreadable > 0 {
        session.note("\(response.unreadable) inputs and outputs are no rows that can be read")
      }
    }
  }
}

/// A version's calls.
struct SummaryView: PresentableRow {
  static let columns = [
    "MODEL", "VERSION", "CALLS", "FAILED", "REFUSED", "P50", "P95", "P99", "GATEWAY P95", "ROWS",
    "LABELLED", "LAST", "STATUSES",
  ]

  var model: String
  var version: UInt32
  var calls: UInt64
  var failures: UInt64
  var refusals: UInt64
  var p50: UInt64
  var p95: UInt64
  var p99: UInt64
  var gatewayP95: UInt64
  var rows: UInt64
  var labelledRows: UInt64
  var firstAt: String?
  var lastAt: String?
  var statuses: [String: UInt64]

  init(_ summary: Monitor.VersionSummary) {
    model = summary.model
    version = summary.version
    calls = summary.calls
    failures = summary.failures
    refusals = summary.refusals
    p50 = summary.p50
    p95 = summary.p95
    p99 = summary.p99
    gatewayP95 = summary.gatewayP95
    rows = summary.rows
    labelledRows = summary.labelledRows
    firstAt = Spelling.time(summary.firstAt)
    lastAt = Spelling.time(summary.lastAt)
    statuses = Dictionary(
      summary.statuses.map { ($0.status, $0.calls) }, uniquingKeysWith: { one, _ in one })
  }

  var row: [String] {
    [
      model, version == 0 ? "" : "\(version)", "\(calls)", "\(failures)", "\(refusals)",
      Spelling.nanoseconds(p50), Spelling.nanoseconds(p95), Spelling.nanoseconds(p99),
      Spelling.nanoseconds(gatewayP95), "\(rows)", "\(labelledRows)", lastAt ?? "",
      statuses.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }
        .joined(separator: ", "),
    ]
  }
}
