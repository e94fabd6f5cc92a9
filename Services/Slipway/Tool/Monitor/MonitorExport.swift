internal import ArgumentParser
internal import Contracts
internal import Trust

struct MonitorExport: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write what was asked and answered, with the labels that came.",
    discussion: """
      slipway monitor export loans --last 30d --format csv > training.csv

      jsonl: a CloudEvent for each row. csv: a line for each row, the newest label last. Newest first.
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var options: WindowOptions
  @Option(
    parsing: .unconditional, help: .time("Only this long back; the same as --since."),
    transform: TimeSpan.parse)
  var last: TimeSpan?
  @Option(help: "jsonl or csv.")
  var format = RecordFormat.jsonl
  @Flag(help: "Only rows that have a label.")
  var labelled = false

  func run() async throws {
    let session = try await connection.session()
    var window = try options.window(session.context)
    if let last { window.since = try WindowOptions.time(last.text, session.context) }
    // Pages are counted from the newest row: what comes meanwhile must not push the others on.
    if window.until == 0 {
      window.until = session.context.now().millisecondsSinceEpoch * 1_000_000
    }
    var request = Monitor.ExportRecordsRequest(window: window)
    var writer = RecordWriter(model: options.model, format: format)
    repeat {
      let page = try await session.call(Monitor.API.exportRecords, request)
      let rows = labelled ? page.rows.filter { !$0.label.isEmpty } : page.rows
      session.context.output.write(try writer.text(of: rows))
      request.after = page.next
    } while request.after != 0
  }
}

enum RecordFormat: String, ExpressibleByArgument, CaseIterable {
  case jsonl
  case csv
}
