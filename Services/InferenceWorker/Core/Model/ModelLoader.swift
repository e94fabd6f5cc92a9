package import Base
internal import Foundation

/// From a version's folder to a warm model.
package struct ModelLoader: Sendable {
  /// Engines allocate in the first run and settle in the next ones; the last one is measured.
  package static let warmRuns = 3

  private let engines: [any InferenceEngine]
  private let options: EngineOptions
  private let clock: any MonotonicClock

  package init(
    engines: [any InferenceEngine], options: EngineOptions = EngineOptions(),
    clock: any MonotonicClock
  ) {
    self.engines = engines
    self.options = options
    self.clock = clock
  }

  /// Finds the model file, loads it, compares its signature with `signature.json` and warms it.
  /// - Throws: `noModelFile`, `manyModelFiles`, `signatureFileMissing`, `signatureFileInvalid`,
  ///   `signatureDiffers`, `engine`, `cache`.
  package func load(_ folder: VersionFolder) async throws(LoadError) -> LoadedVersion {
    try await DedicatedThread.run(named: "model load") { () throws(LoadError) in
      try loadOnThisThread(folder)
    }
  }

  /// The engines that take files of this name.
  package static func engines(
    for file: String, among engines: [any InferenceEngine]
  ) -> [any InferenceEngine] {
    guard let dot = file.lastIndex(of: "."), dot > file.startIndex else { return [] }
    let fileExtension = file[file.index(after: dot)...].lowercased()
    return engines.filter { $0.fileExtensions.contains(fileExtension) }
  }

  private func loadOnThisThread(_ folder: VersionFolder) throws(LoadError) -> LoadedVersion {
    let (file, able) = try modelFile(among: folder.files)
    let expected = try signature(in: folder)
    let plan = try EnginePlan(record: try record(in: folder), among: able)
    var options = options
    options.precision = plan.precision
    var routes: [BatchRoutedModel.Route] = []
    for choice in plan.choices {
      let loaded: any LoadedModel
      do throws(EngineError) {
        loaded = try choice.engine.load(
          modelFile: folder.path(of: file), options: options.fit(for: choice.engine))
      } catch {
        throw .engine(error)
      }
      if let difference = SignatureDifference(file: expected, model: loaded.signature) {
        throw .signatureDiffers(difference)
      }
      routes.append(.init(batch: choice.batch, model: loaded))
    }
    let model = BatchRoutedModel.joined(routes, signature: expected)
    let engine = plan.choices[0].engine
    let warmUp = warm(model)
    if let failure = warmUp.failure, Self.isFatal(failure.code) { throw .engine(failure) }
    return LoadedVersion(
      model: model, engineName: engine.name, engineVersion: engine.version, modelFile: file,
      warmRunTime: warmUp.runTime, warmUpFailure: warmUp.failure)
  }

  /// The only file that some engine takes, or the one at the top that is named `model`.
  private func modelFile(
    among files: [String]
  ) throws(LoadError) -> (file: String, engines: [any InferenceEngine]) {
    let found = files.compactMap { file in
      let able = Self.engines(for: file, among: engines)
      return able.isEmpty ? nil : (file: file, engines: able)
    }
    let extensions = Set(engines.flatMap(\.fileExtensions)).sorted()
    guard let first = found.first else {
      throw .noModelFile(extensions: extensions, files: files)
    }
    guard found.count > 1 else { return first }
    let names = extensions.map { "model." + $0 }
    let named = found.filter { names.contains($0.file) }
    guard let only = named.first, named.count == 1 else {
      throw .manyModelFiles(found.map(\.file), expected: names)
    }
    return only
  }

  /// What probing has shown; nil for a version that was pushed without.
  private func record(in folder: VersionFolder) throws(LoadError) -> ProbeRecord? {
    guard folder.files.contains(ProbeRecord.fileName) else { return nil }
    let contents = try folder.contents(
      of: ProbeRecord.fileName, bytesMax: ProbeRecord.fileBytesMax)
    guard let record = try? JSONDecoder().decode(ProbeRecord.self, from: contents),
      record.format == ProbeRecord.currentFormat
    else {
      throw .probeRecordInvalid(reason: "expected a record of format \(ProbeRecord.currentFormat)")
    }
    return record
  }

  private func signature(in folder: VersionFolder) throws(LoadError) -> ModelSignature {
    guard folder.files.contains(ModelSignature.fileName) else { throw .signatureFileMissing }
    let contents = try folder.contents(
      of: ModelSignature.fileName, bytesMax: ModelSignature.fileBytesMax)
    do {
      return try ModelSignature(fileContents: contents)
    } catch {
      throw .signatureFileInvalid(error)
    }
  }

  private func warm(_ model: any LoadedModel) -> (runTime: Duration?, failure: EngineError?) {
    guard let inputs = SyntheticInputs.make(for: model.signature) else { return (nil, nil) }
    var runTime: UInt64 = 0
    for _ in 0..<Self.warmRuns {
      let startedAt = clock.now
      do throws(EngineError) {
        _ = try model.run(inputs)
      } catch {
        return (nil, error)
      }
      runTime = clock.now.nanoseconds(since: startedAt)
    }
    return (.nanoseconds(Int64(clamping: runTime)), nil)
  }

  /// Whether no request at all can succeed. A model may well refuse zeros or a length of 1.
  private static func isFatal(_ code: EngineError.Code) -> Bool {
    switch code {
    case .engineMissing, .modelMissing, .modelInvalid, .modelUnsupported, .invalidOptions: true
    case .invalidRequest, .runFailed, .terminated: false
    }
  }
}
