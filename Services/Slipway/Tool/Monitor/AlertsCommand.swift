internal import ArgumentParser
internal import Contracts
internal import Trust

struct AlertsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alerts", abstract: "What the monitor has paged about, and what it watches.",
    discussion: """
      slipway alerts watch iris --pages-per-year 4 --every 1h
      slipway alerts
      slipway alerts acknowledge 3

      A watched model is compared with its newest baseline again and again. It pages when a difference is \
      more surprising than quiet looks of the same model make believe, so that pages in which nothing is \
      wrong stay within the budget. `slipway drift MODEL --since … --until …` with an alert's window gives \
      the alert's numbers again.
      """,
    subcommands: [List.self, Watch.self, Unwatch.self, Acknowledge.self],
    defaultSubcommand: List.self)

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List alerts, the newest first.")

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "Only of this model.")
    var model = ""

    func run() async throws {
      let session = try await connection.session()
      let response = try await session.call(
        Monitor.API.listAlerts, Monitor.ListAlertsRequest(model: model))
      session.present(PresentableList(elements: response.alerts.map(AlertView.init)))
      for watch in response.watches {
        session.note(WatchView(watch).sentence(now: session.context.now()))
      }
    }
  }

  struct Watch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Have a model looked at by itself.")

    private static let everyDefault = TimeSpan.seconds(3600)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var reason: KeyCommand.Reason
    @Argument(help: "The model.")
    var model: String
    @Option(
      parsing: .unconditional, help: "Pages in which nothing is wrong that a year may have.")
    var pagesPerYear = 4.0
    @Option(
      parsing: .unconditional, help: .time("Between two looks.", default: Self.everyDefault),
      transform: TimeSpan.parse)
    var every = Self.everyDefault
    @Option(
      parsing: .unconditional, help: .number("Rows that a look needs.", default: 100),
      transform: WholeNumber.parse)
    var rows: UInt32 = 100
    @Option(
      parsing: .unconditional, help: .time("No page for so long."), transform: TimeSpan.parse)
    var silence: TimeSpan?

    func run() async throws {
      let session = try await connection.session()
      let now = session.context.now()
      let silencedUntil = silence.map { now.adding($0.duration).millisecondsSinceEpoch * 1_000_000 }
      let watch = try await session.call(
        Monitor.API.setWatch,
        Monitor.SetWatchRequest(
          model: model, enabled: true, pagesPerYear: pagesPerYear,
          everySeconds: UInt32(clamping: every.duration.components.seconds), rowsMin: rows,
          silencedUntil: silencedUntil ?? 0, reason: reason.reason))
      session.present(WatchView(watch))
    }
  }

  struct Unwatch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Look at a model no more.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var reason: KeyCommand.Reason
    @Argument(help: "The model.")
    var model: String

    func run() async throws {
      let session = try await connection.session()
      let watch = try await session.call(
        Monitor.API.setWatch, Monitor.SetWatchRequest(model: model, reason: reason.reason))
      session.present(WatchView(watch))
    }
  }

  struct Acknowledge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Say that somebody sees to it.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var reason: KeyCommand.Reason
    @Argument(help: "Number of the alert.")
    var id: UInt64

    func run() async throws {
      let session = try await connection.session()
      session.present(
        AlertView(
          try await session.call(
            Monitor.API.acknowledgeAlert,
            Monitor.AcknowledgeAlertRequest(id: id, reason: reason.reason))))
    }
  }
}
