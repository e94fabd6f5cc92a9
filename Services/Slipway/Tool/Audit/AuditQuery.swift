internal import ArgumentParser
internal import Contracts
internal import Trust

struct AuditQuery: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query", abstract: "Find entries by person, model, item, kind and time.",
    discussion: "Conditions narrow together. A page at a time; --all takes every page.")

  @OptionGroup var connection: ConnectionOptions
  @Option(help: "Who acted, or whom it is about.")
  var person = ""
  @Option(help: "Everything about a model: versions, aliases, deployments.")
  var model = ""
  @Option(help: "What was acted on, such as version:magika/1 or key:ab12.")
  var item = ""
  @Option(help: "Such as model.push.")
  var kind = ""
  @Option(help: "Not before: a time such as 2026-11-23T03:00:00Z, or a span back such as 24h.")
  var since: String?
  @Option(help: "Before this time.")
  var until: String?
  @Option(
    parsing: .unconditional, help: .number("From this entry on.", default: 0),
    transform: WholeNumber.parse)
  var start: UInt32 = 0
  @Option(
    parsing: .unconditional, help: .number("Entries of a page, at most 500.", default: 100),
    transform: WholeNumber.parse)
  var limit: UInt32 = 100
  @Flag(help: "Every page, not the first only.")
  var all = false
  @Option(help: "table, jsonl or csv.")
  var format = EntryFormat.table

  func run() async throws {
    let session = try await connection.session()
    var request = TransparencyLog.QueryRequest(
      person: person, model: model, item: item, kind: kind,
      since: try Self.time(since, session.context), until: try Self.time(until, session.context),
      start: UInt64(start), limit: all ? 500 : limit)
    let format = connection.json ? .jsonl : format
    var isFirst = true
    while true {
      let page = try await session.call(TransparencyLog.API.query, request)
      let entries = try page.entries.map(EntryView.init)
      session.context.output.write(
        format.text(
          of: entries, isTerminal: session.context.output.isTerminal, isFirst: isFirst))
      isFirst = false
      guard page.next != 0 else { return }
      request.start = page.next
      guard all else {
        return session.context.output.complain("there is more: say --start \(page.next)\n")
      }
    }
  }

  /// Microseconds since 1970; 0 for none.
  private static func time(_ text: String?, _ context: ToolContext) throws -> Int64 {
    guard let text else { return 0 }
    if let time = Timestamp(text) { return time.millisecondsSinceEpoch * 1000 }
    guard let span = try? TimeSpan.parse(text) else {
      throw ToolError(
        .usage,
        "expected a time such as 2026-11-23T03:00:00Z or a span back such as 24h, got `\(text)`")
    }
    return context.now().adding(.zero - span.duration).millisecondsSinceEpoch * 1000
  }
}

struct AuditTail: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tail", abstract: "Show the newest entries, and those that come.")

  /// Between two looks.
  private static let interval: Duration = .milliseconds(500)

  @OptionGroup var connection: ConnectionOptions
  @Option(
    parsing: .unconditional, help: .number("How many to begin with.", default: 20),
    transform: WholeNumber.parse)
  var last: UInt32 = 20
  @Flag(name: .shortAndLong, help: "Go on until Ctrl-C.")
  var follow = false
  @Option(help: "table, jsonl or csv.")
  var format = EntryFormat.table

  func run() async throws {
    let session = try await connection.session()
    let format = connection.json ? .jsonl : format
    let size = try await session.call(
      TransparencyLog.API.query, TransparencyLog.QueryRequest(limit: 1)
    ).size
    var start = size - min(size, UInt64(last))
    var isFirst = true
    while true {
      let page = try await session.call(
        TransparencyLog.API.query, TransparencyLog.QueryRequest(start: start, limit: 500))
      let entries = try page.entries.map(EntryView.init)
      if isFirst || !entries.isEmpty {
        session.context.output.write(
          format.text(
            of: entries, isTerminal: session.context.output.isTerminal, isFirst: isFirst))
      }
      isFirst = false
      if let newest = entries.last { start = newest.index + 1 }
      guard page.next == 0 else { continue }
      guard follow else { return }
      try await Task.sleep(for: Self.interval)
    }
  }
}
