internal import ArgumentParser
internal import Contracts
internal import Trust

struct MonitorLabel: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "label", abstract: "Tell the truth about requests, as soon as it is known.",
    discussion: """
      slipway monitor label loans labels.csv
      slipway monitor label loans --request 7f3a-12 --value 1

      The file has the columns request_id and label, and may have row (of a request's batch, from 0) and \
      known_at (a time such as 2026-11-23T03:00:00Z). Another label of the same row corrects the first; \
      both are kept.
      """)

  /// What one call carries.
  private static let batchMax = 5000

  @OptionGroup var connection: ConnectionOptions
  @Argument(help: "The model.")
  var model: String
  @Argument(help: "A CSV file.", completion: .file(extensions: ["csv"]))
  var file: String?
  @Option(help: "One request, in place of a file.")
  var request: String?
  @Option(help: "Its label.")
  var value: String?
  @Option(
    parsing: .unconditional, help: .number("Row of its batch.", default: 0),
    transform: WholeNumber.parse)
  var row: UInt32 = 0

  func validate() throws {
    guard (file == nil) == (request != nil && value != nil) else {
      throw ValidationError("expected a file, or --request and --value")
    }
  }

  func run() async throws {
    var labels: [Monitor.Label] = []
    if let file {
      labels = try Self.labels(try CSVFile(path: file), named: file)
    } else if let request, let value {
      labels = [Monitor.Label(requestID: request, row: row, value: value)]
    }
    let session = try await connection.session()
    var total = LabelsView()
    while !labels.isEmpty {
      let batch = Array(labels.prefix(Self.batchMax))
      labels.removeFirst(batch.count)
      total.add(
        try await session.call(
          Monitor.API.addLabels, Monitor.AddLabelsRequest(model: model, labels: batch)))
    }
    session.present(total)
  }

  static func labels(_ file: CSVFile, named path: String) throws(ToolError) -> [Monitor.Label] {
    guard let request = file.place("request_id"), let value = file.place("label") else {
      throw ToolError(.usage, "`\(path)`: expected the columns `request_id` and `label`")
    }
    var labels: [Monitor.Label] = []
    for (index, fields) in file.rows.enumerated() where !fields[value].isEmpty {
      var label = Monitor.Label(requestID: fields[request], value: fields[value])
      if let place = file.place("row") {
        guard let row = UInt32(fields[place]) else {
          throw ToolError(
            .usage,
            "`\(path)`, record \(index + 2): expected a row's number, got `\(fields[place])`")
        }
        label.row = row
      }
      if let place = file.place("known_at"), !fields[place].isEmpty {
        guard let time = Timestamp(fields[place]) else {
          throw ToolError(
            .usage,
            "`\(path)`, record \(index + 2): expected a time such as 2026-11-23T03:00:00Z, got "
              + "`\(fields[place])`")
        }
        label.knownAt = time.millisecondsSinceEpoch * 1_000_000
      }
      labels.append(label)
    }
    return labels
  }
}

/// What became of labels.
struct LabelsView: PresentableRow {
  static let columns = ["ADDED", "CORRECTED", "KNOWN", "OF UNKNOWN REQUESTS"]

  var added: UInt32 = 0
  var corrected: UInt32 = 0
  var known: UInt32 = 0
  var unknown: UInt32 = 0

  mutating func add(_ response: Monitor.AddLabelsResponse) {
    added += response.added
    corrected += response.corrected
    known += response.known
    unknown += response.unknown
  }

  var row: [String] { ["\(added)", "\(corrected)", "\(known)", "\(unknown)"] }
}
