internal import Foundation

/// Learns what a model file is and which engine serves it best: `inference-worker --probe FILE`.
///
/// For each engine a process of its own loads, runs and measures the model, after it has given up every
/// right that this does not need: a hostile file costs that process.
package enum ProbeCommand {
  package static let flag = "--probe"
  static let engineFlag = "--probe-engine"
  package static let usage =
    "inference-worker --probe FILE [--engine NAME] [--precision bf16] [--tolerance N] [--examples FILE]:"
    + " print the signature of a model file and what each engine makes of it, one JSON a line"
  package static let failureExitCode: Int32 = 2

  /// Gives up the process's rights but to read these files and to take so much memory.
  package typealias Confine = (_ readable: [String], _ memoryBytesMax: UInt64) throws -> Void
  package typealias Engines = () throws(EngineError) -> [any InferenceEngine]

  /// Does the whole verb and ends the process if its arguments ask for it.
  package static func exitIfAsked(engines: Engines, confine: Confine) {
    let status = runIfAsked(CommandLine.arguments, engines: engines, confine: confine)
    if let status { exit(status) }
  }

  /// Does the whole verb if these arguments ask for it: findings on standard output, an error on standard
  /// error.
  /// - Parameters:
  ///   - arguments: those of the process, its own name first.
  ///   - confine: called in the process that loads, before an engine is opened.
  /// - Returns: the exit code; nil if the arguments ask for something else.
  package static func runIfAsked(
    _ arguments: [String], engines: Engines, confine: Confine
  ) -> Int32? {
    guard arguments.count > 1 else { return nil }
    do {
      switch arguments[1] {
      case flag:
        let request = try ProbeRequest(arguments: Array(arguments.dropFirst(2)))
        try probe(request, engines: try engines())
      case engineFlag:
        let request = try ProbeRequest(arguments: Array(arguments.dropFirst(2)))
        let folder = URL(fileURLWithPath: request.modelFile).deletingLastPathComponent().path
        try confine(
          [folder] + (request.examples.map { [$0] } ?? []) + LibrarySearch.folders,
          ProcessInfo.processInfo.physicalMemory / 4 * 3)
        try probeEngine(request, engines: try engines())
      default: return nil
      }
      return 0
    } catch let error as EngineError {
      return fail(error.message)
    } catch {
      return fail("\(error)")
    }
  }

  // MARK: The process that asks

  private static func probe(
    _ request: ProbeRequest, engines: [any InferenceEngine]
  ) throws {
    let name = request.modelFile.split(separator: "/").last.map(String.init) ?? request.modelFile
    let able = ModelLoader.engines(for: name, among: engines).filter { engine in
      request.engine.map { $0 == engine.name } ?? true
    }
    guard !able.isEmpty else {
      throw LoadError.noModelFile(
        extensions: engines.flatMap { $0.fileExtensions.sorted() }, files: [name])
    }
    guard let executable = Bundle.main.executablePath else {
      throw ProbeFailure.refused("this process does not know its own executable")
    }
    var outcomes: [ProbeJudge.Outcome] = []
    for precision in [.fp32, request.precision].uniqued {
      for engine in able where engine.precisions.contains(precision) {
        let process = ProbeProcess(
          executable: executable, arguments: request.arguments(for: engine.name, precision),
          timeout: request.timeout)
        outcomes.append(
          ProbeJudge.Outcome(
            engine: engine.name, version: engine.version, precision: precision,
            result: process.run()))
      }
    }
    let (signature, record) = try ProbeJudge(request: request, outcomes: outcomes).judge()
    say([signature, try canonical(record)])
  }

  // MARK: The process that loads

  private static func probeEngine(
    _ request: ProbeRequest, engines: [any InferenceEngine]
  ) throws {
    guard let engine = engines.first(where: { $0.name == request.engine }) else {
      throw ProbeFailure.usage("there is no engine \(quoted(request.engine ?? "auto"))")
    }
    var options = EngineOptions()
    options.precision = request.precision
    let examples = try request.examples.map { path in
      try Data(contentsOf: URL(fileURLWithPath: path))
    }
    let findings = try EngineProbe(engine: engine, options: options).run(
      modelFile: request.modelFile, examples: examples)
    say([try canonical(findings)])
  }

  private static func canonical(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(value)
  }

  private static func say(_ lines: [Data]) {
    for line in lines {
      try? FileHandle.standardOutput.write(contentsOf: line + Data("\n".utf8))
    }
  }

  private static func fail(_ message: String) -> Int32 {
    try? FileHandle.standardError.write(contentsOf: Data("\(message)\n".utf8))
    return failureExitCode
  }
}

extension [EngineOptions.Precision] {
  fileprivate var uniqued: Self { count == 2 && self[0] == self[1] ? [self[0]] : self }
}
