internal import ArgumentParser
internal import Contracts

struct DriftCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drift",
    abstract: "How a model's inputs and outputs differ from a baseline, the worst first.",
    discussion: """
      slipway drift iris --last 24h
      slipway drift iris --version 3 --segment country=DE --baseline 2

      A column has drifted where a difference is certain (in less than one of a hundred reports would \
      chance give one, all columns counted) and large enough to matter: Jensen-Shannon distance or PSI \
      from 0.1 on, or a twentieth of the rows missing, unseen or out of range. Exit status 1 with \
      --check if anything has.
      """)

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var options: WindowOptions
  @Option(
    parsing: .unconditional, help: .time("Only this long back; the same as --since."),
    transform: TimeSpan.parse)
  var last: TimeSpan?
  @Option(help: "Number of the baseline; the newest of the version, or of the model, if not given.")
  var baseline: UInt32 = 0
  @Option(help: "Compare with the same hours of so many past weeks, and not with a baseline.")
  var weeks: UInt32 = 0
  @Flag(help: "Every column, the steady ones too.")
  var all = false
  @Flag(help: "Exit with 1 if something has drifted.")
  var check = false

  func run() async throws {
    let session = try await connection.session()
    var window = try options.window(session.context)
    if let last { window.since = try WindowOptions.time(last.text, session.context) }
    let report = try await session.call(
      Monitor.API.getDrift,
      Monitor.GetDriftRequest(window: window, baseline: baseline, weeks: weeks))
    let view = DriftView(report, all: all)
    session.note(view.headline)
    session.present(view)
    session.note(report.cause)
    guard check, view.driftedCount > 0 else { return }
    throw ToolError(.failed, "\(view.driftedCount) columns of `\(options.model)` have drifted")
  }
}
