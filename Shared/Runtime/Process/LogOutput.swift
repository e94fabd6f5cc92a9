internal import Foundation
internal import Logging
internal import Trust

/// Log lines on standard error: one line each, as text for people or as JSON for collectors.
struct LogOutput: LogHandler {
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]
  private let label: String
  private let isJSON: Bool

  static func bootstrap(role: ServiceRole, level: String, format: String) {
    let logLevel = Logger.Level(rawValue: level) ?? .info
    LoggingSystem.bootstrap { label in
      LogOutput(logLevel: logLevel, label: label, isJSON: format == "json")
    }
  }

  private init(logLevel: Logger.Level, label: String, isJSON: Bool) {
    self.logLevel = logLevel
    self.label = label
    self.isJSON = isJSON
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
    let time = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    let line = isJSON ? json(event, time, all) : text(event, time, all)
    // A reader that is gone must not end the service.
    try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
  }

  private func text(_ event: LogEvent, _ time: String, _ metadata: Logger.Metadata) -> String {
    let pairs = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
    return "\(time) \(event.level) \(label): \(event.message)\(pairs)"
  }

  private func json(_ event: LogEvent, _ time: String, _ metadata: Logger.Metadata) -> String {
    var fields = metadata.mapValues { "\($0)" }
    fields["time"] = time
    fields["level"] = "\(event.level)"
    fields["logger"] = label
    fields["message"] = "\(event.message)"
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let line = try? encoder.encode(fields) else { return "{}" }
    return String(decoding: line, as: UTF8.self)
  }
}
