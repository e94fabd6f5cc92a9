internal import Foundation
internal import RPC
internal import SlipwayClient
internal import Synchronization

/// Calls of the model: good ones and those that must be refused.
extension MainJob {
  /// Enough to see every kind of file; a model like this takes some 10 ms for each on one core.
  private static let filesMax = 200
  private static let batch = 16

  /// Names of magika for what this repository's extensions stand for.
  private static let expected = [
    "swift": "swift", "py": "python", "md": "markdown", "json": "json", "proto": "proto", "c": "c",
    "h": "c", "cc": "cpp", "onnx": "onnx", "yaml": "yaml", "yml": "yaml", "lua": "lua",
  ]

  func classify() async throws -> [String] {
    try await suite.makeKey(of: People.client, roles: ["developer"], model: Self.model)
    let files = try seenFiles()
    let start = ContinuousClock.now
    let labels = try await labels(of: files.map(\.features))
    let time = ContinuousClock.now - start
    findings.withLock { $0.sample = files.prefix(32).map { Self.request([$0.features]) } }

    let judged = zip(files, labels).filter { Self.expected[$0.0.type] != nil }
    let right = judged.count { Self.expected[$0.0.type] == $0.1 }
    let share = Double(right) / Double(max(1, judged.count))
    try expect(
      share >= 0.85 && judged.count >= 20,
      "\(right) of \(judged.count) files were named as their extension says: expected 85 %")
    let counts = Dictionary(grouping: labels) { $0 }.mapValues(\.count)
    let most = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(6)
    return [
      "\(files.count) files in \(short(time)): "
        + most.map { "\($0.key) \($0.value)" }.joined(separator: ", "),
      "\(percent(share)) of \(judged.count) named as their extension says",
    ]
  }

  func refuseWrongCalls() async throws -> [String] {
    let features = Array(repeating: Int32(0), count: MagikaFeatures.count)
    let good = Self.request([features])
    let forged = "slip_live_000000000000_0000000000000000000000000000000000000000000_4chEao"
    let wrongKey = try await refusal(of: good, on: suite.client(key: forged))
    try expect(wrongKey.code == .unauthenticated, "a wrong key was refused with \(wrongKey)")

    var narrow = good
    narrow.inputs = [Tensor(Self.input, shape: [1, 2047], Array(features.dropLast()))]
    let shape = try await refusal(of: narrow, on: client())
    try expect(
      shape.code == .invalidArgument && shape.message.contains("2048"),
      "a wrong shape was refused with \(shape)")

    var floats = good
    floats.inputs = [Tensor(Self.input, shape: [1, 2048], features.map(Float.init))]
    let type = try await refusal(of: floats, on: client())
    try expect(
      type.code == .invalidArgument && type.message.contains("INT32"),
      "a wrong datatype was refused with \(type)")

    var other = good
    other.model = "somebody-elses"
    let reach = try await refusal(of: other, on: client())
    try expect(
      reach.code == .permissionDenied || reach.code == .notFound,
      "a model out of the key's reach was refused with \(reach)")
    return [
      "a key that nobody made: \(wrongKey.message)", "2,047 values: \(shape.message)",
      "floats: \(type.message)", "another model: \(reach.message)",
    ]
  }

  static func request(_ rows: [[Int32]]) -> InferenceRequest {
    InferenceRequest(
      model: model,
      inputs: [Tensor(input, shape: [rows.count, MagikaFeatures.count], rows.flatMap { $0 })],
      timeout: .seconds(30))
  }

  private struct SeenFile {
    var type: String
    var features: [Int32]
  }

  /// Evenly spread over the repository, so that every kind is among them.
  private func seenFiles() throws -> [SeenFile] {
    let all = try suite.checkout.files()
    let stride = max(1, all.count / Self.filesMax + 1)
    let kinds = Dictionary(grouping: all) { URL(filePath: $0).pathExtension }
    let spread = kinds.values.flatMap { files in
      files.count <= stride ? files : files.enumerated().filter { $0.0 % stride == 0 }.map(\.1)
    }.sorted()
    return spread.compactMap { file in
      guard let content = FileManager.default.contents(atPath: suite.checkout.path(of: file)),
        let features = MagikaFeatures.make(of: [UInt8](content))
      else { return nil }
      return SeenFile(type: URL(filePath: file).pathExtension, features: features)
    }
  }

  private func labels(of rows: [[Int32]]) async throws -> [String] {
    let client = try client()
    let labels = try package().labels
    var names: [String] = []
    for start in stride(from: 0, to: rows.count, by: Self.batch) {
      let batch = Array(rows[start..<min(start + Self.batch, rows.count)])
      let result = try await client.infer(Self.request(batch))
      guard let output = result[Self.output], case .fp32(let scores) = output.elements,
        output.shape == [batch.count, labels.count]
      else { throw StepFailure("the model did not answer with `\(Self.output)` FP32") }
      for row in batch.indices {
        let own = scores[row * labels.count..<(row + 1) * labels.count]
        guard let name = labels.label(of: own) else {
          throw StepFailure("a row of the answer has no scores")
        }
        names.append(name)
      }
    }
    return names
  }

  private func refusal(
    of request: InferenceRequest, on client: GatewayClient
  ) async throws(StepFailure) -> RPCError {
    do throws(RPCError) {
      _ = try await client.infer(request)
    } catch {
      return error
    }
    throw StepFailure("a call that must be refused was answered")
  }
}
