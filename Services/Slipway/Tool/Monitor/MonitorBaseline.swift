internal import ArgumentParser
internal import Contracts
internal import Foundation

struct MonitorBaseline: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "baseline", abstract: "What drift is measured against.",
    subcommands: [Take.self, Push.self, List.self])

  struct Take: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a baseline of what was asked and answered in a window.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var options: WindowOptions
    @OptionGroup var reason: KeyCommand.Reason
    @Option(
      parsing: .unconditional, help: .time("Only this long back; the same as --since."),
      transform: TimeSpan.parse)
    var last: TimeSpan?

    func run() async throws {
      let session = try await connection.session()
      var window = try options.window(session.context)
      if let last { window.since = try WindowOptions.time(last.text, session.context) }
      session.present(
        BaselineView(
          try await session.call(
            Monitor.API.takeBaseline,
            Monitor.TakeBaselineRequest(window: window, reason: reason.reason))))
    }
  }

  struct Push: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a baseline of a CSV file, such as the training data.",
      discussion: """
        The first line names the columns as `slipway drift` does, such as x[0]. Columns of numbers are \
        compared as numbers, others as categories; an empty field is a missing value.
        """)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var reason: KeyCommand.Reason
    @Argument(help: "The model.")
    var model: String
    @Argument(help: "The file.", completion: .file(extensions: ["csv"]))
    var file: String
    @Option(name: .customLong("version"), help: "The version that it belongs to.")
    var version: UInt32 = 0
    @Option(help: "A column that is an output and no input; may be repeated.")
    var output: [String] = []

    func run() async throws {
      let columns = try CSVFile(path: file).columns(outputs: Set(output))
      let session = try await connection.session()
      session.present(
        BaselineView(
          try await session.call(
            Monitor.API.pushBaseline,
            Monitor.PushBaselineRequest(
              model: model, version: version, columns: columns, reason: reason.reason))))
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List a model's baselines.")

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The model.")
    var model: String

    func run() async throws {
      let session = try await connection.session()
      let response = try await session.call(
        Monitor.API.listBaselines, Monitor.ListBaselinesRequest(model: model))
      session.present(PresentableList(elements: response.baselines.map(BaselineView.init)))
    }
  }
}

struct BaselineView: PresentableRow {
  static let columns = ["BASELINE", "MODEL", "VERSION", "ROWS", "FROM", "MADE", "BY", "REASON"]

  var number: UInt32
  var model: String
  var version: UInt32
  var rows: UInt64
  var source: String
  var madeAt: String?
  var madeBy: String
  var reason: String

  init(_ baseline: Monitor.Baseline) {
    number = baseline.number
    model = baseline.model
    version = baseline.version
    rows = baseline.rows
    source = baseline.source
    madeAt = Spelling.time(baseline.madeAt)
    madeBy = baseline.madeBy
    reason = baseline.reason
  }

  var row: [String] {
    [
      "\(number)", model, version == 0 ? "" : "\(version)", "\(rows)", source, madeAt ?? "",
      madeBy, reason,
    ]
  }
}
