internal import ArgumentParser
internal import Contracts
internal import Trust

struct UsageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "usage", abstract: "What each key has asked of each model.")

  @OptionGroup var connection: ConnectionOptions
  @Option(help: "Only this key.")
  var keyID = ""
  @Option(
    parsing: .unconditional, help: .time("Only this long back, such as 24h."),
    transform: TimeSpan.parse)
  var last: TimeSpan?

  func run() async throws {
    let session = try await connection.session()
    let since = last.map { span in
      session.context.now().adding(.zero - span.duration).millisecondsSinceEpoch * 1_000_000
    }
    let response = try await session.call(
      Gateway.API.getUsage, Gateway.GetUsageRequest(keyID: keyID, since: since ?? 0))
    session.present(PresentableList(elements: response.usage.map(UsageView.init)))
  }
}

struct UsageView: PresentableRow {
  static let columns = [
    "KEY", "PRINCIPAL", "MODEL", "REQUESTS", "FAILURES", "REFUSED", "IN", "OUT", "MEAN TIME",
  ]

  var keyID: String
  var principal: String
  var model: String
  var requests: UInt64
  var failures: UInt64
  var refused: UInt64
  var requestBytes: UInt64
  var responseBytes: UInt64
  var durationNanoseconds: UInt64

  init(_ usage: Gateway.Usage) {
    keyID = usage.keyID
    principal = usage.principal
    model = usage.model
    requests = usage.requests
    failures = usage.failures
    refused = usage.refused
    requestBytes = usage.requestBytes
    responseBytes = usage.responseBytes
    durationNanoseconds = usage.durationNanoseconds
  }

  var row: [String] {
    [
      keyID, principal, model, "\(requests)", "\(failures)", "\(refused)",
      Spelling.size(requestBytes), Spelling.size(responseBytes),
      requests == 0 ? "" : Spelling.nanoseconds(durationNanoseconds / requests),
    ]
  }
}
