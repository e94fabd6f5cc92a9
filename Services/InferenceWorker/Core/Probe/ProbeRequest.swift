internal import Foundation

/// What is to be probed, from the arguments of `inference-worker --probe`.
package struct ProbeRequest: Sendable {
  /// For one engine: compiling a large network takes minutes.
  static let timeoutDefault = Duration.seconds(300)

  package var modelFile: String
  /// The only engine to ask; nil for all.
  package var engine: String?
  package var precision = EngineOptions.Precision.fp32
  package var tolerance = Tolerance.standard
  /// A file with the inputs that the card gives.
  package var examples: String?
  var timeout = Self.timeoutDefault

  package init(modelFile: String) {
    self.modelFile = modelFile
  }

  /// For people: what the latencies were measured on.
  static var machine: String {
    let process = ProcessInfo.processInfo
    let text = String(
      decoding: FileManager.default.contents(atPath: "/proc/cpuinfo") ?? Data(), as: UTF8.self)
    let model = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    let name = model?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces)
    return "\(process.activeProcessorCount) x \(name ?? "processor")"
  }

  /// - Parameter arguments: after the verb: `FILE` and options with a value each.
  /// - Throws: `usage`.
  init(arguments: [String]) throws(ProbeFailure) {
    var rest = arguments[...]
    guard let file = rest.popFirst(), !file.hasPrefix("--") else {
      throw .usage("expected a model file")
    }
    self.init(modelFile: file)
    while let option = rest.popFirst() {
      guard let value = rest.popFirst() else { throw .usage("\(quoted(option)) needs a value") }
      switch option {
      case "--engine": engine = value == "auto" ? nil : value
      case "--precision":
        guard let known = EngineOptions.Precision(rawValue: value) else {
          throw .usage("\(quoted(value)) is no precision; expected `fp32` or `bf16`")
        }
        precision = known
      case "--tolerance":
        guard let number = Double(value), number > 0, number < 1 else {
          throw .usage("\(quoted(value)) is no tolerance; expected a number between 0 and 1")
        }
        tolerance = Tolerance(absolute: number / 10, relative: number)
      case "--examples": examples = value
      default: throw .usage("unknown option \(quoted(option))")
      }
    }
  }

  /// The arguments of the process that probes one engine.
  func arguments(for engine: String, _ precision: EngineOptions.Precision) -> [String] {
    [ProbeCommand.engineFlag, modelFile, "--engine", engine, "--precision", precision.rawValue]
      + (examples.map { ["--examples", $0] } ?? [])
  }
}
