internal import ArgumentParser
internal import Contracts

struct QualityCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quality",
    abstract: "How right a model's answers were, and probably are where no label has come.",
    discussion: """
      slipway quality iris --last 7d
      slipway quality loans --group country

      Intervals hold the true value in 95 of 100 cases. What is estimated (CBPE) is learnt from labels \
      that came and holds as long as scores mean what they meant then.
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var options: WindowOptions
  @Option(
    parsing: .unconditional, help: .time("Only this long back; the same as --since."),
    transform: TimeSpan.parse)
  var last: TimeSpan?
  @Option(help: "Fairness between the groups of this column, or of key or principal.")
  var group = ""

  func run() async throws {
    let session = try await connection.session()
    var window = try options.window(session.context)
    if let last { window.since = try WindowOptions.time(last.text, session.context) }
    let report = try await session.call(
      Monitor.API.getQuality, Monitor.GetQualityRequest(window: window, group: group))
    let view = QualityView(report)
    session.note(view.headline)
    session.present(view)
    for line in view.fairness { session.note(line) }
    if !report.note.isEmpty { session.note(report.note) }
  }
}
