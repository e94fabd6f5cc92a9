internal import ArgumentParser
internal import Contracts
internal import Trust

/// Which calls of a model a command looks at.
struct WindowOptions: ParsableArguments {
  @Argument(help: "The model.")
  var model: String
  @Option(name: .customLong("version"), help: "Only this version.")
  var version: UInt32 = 0
  @Option(help: "From this time on, such as 2026-11-23T03:00:00Z, or a span back such as 24h.")
  var since: String?
  @Option(help: "Before this time, or a span back.")
  var until: String?
  @Option(
    parsing: .unconditional, help: .number("Only the newest so many rows."),
    transform: WholeNumber.parse)
  var rows: UInt32 = 0
  @Option(help: "Only rows with this value, such as key=ab12, principal=ada or country=DE.")
  var segment = ""

  func window(_ context: ToolContext) throws -> Monitor.Window {
    Monitor.Window(
      model: model, version: version, since: try Self.time(since, context),
      until: try Self.time(until, context), rowsMax: rows, segment: segment)
  }

  /// Nanoseconds since 1970; 0 for none.
  static func time(_ text: String?, _ context: ToolContext) throws -> Int64 {
    guard let text else { return 0 }
    if let time = Timestamp(text) { return time.millisecondsSinceEpoch * 1_000_000 }
    guard let span = try? TimeSpan.parse(text) else {
      throw ToolError(
        .usage,
        "expected a time such as 2026-11-23T03:00:00Z or a span back such as 24h, got `\(text)`")
    }
    return context.now().adding(.zero - span.duration).millisecondsSinceEpoch * 1_000_000
  }
}
