package import FoundationEssentials

/// `signature.json`: the canonical file form of a signature.
///
///     {"format":1,
///      "inputs":[{"datatype":"FP32","name":"x","shape":["batch",30]}],
///      "outputs":[{"datatype":"FP32","name":"probabilities","shape":["batch",2]}],
///      "unavailableOutputs":[{"kind":"map(INT64, FP32)","name":"scores"}]}
///
/// Equal signatures have equal bytes: UTF-8, keys sorted, no white space (here only for the
/// reader), no final newline, `/` not escaped, `unavailableOutputs` left out when there are none.
/// Reading takes any JSON of this content. Dimensions: see `TensorSpec`.
extension ModelSignature {
  package static let fileFormat = 1
  package static let fileName = "signature.json"
  /// Larger files are refused unread: a model with 1,000 inputs has 100 kB.
  package static let fileBytesMax = 4 << 20

  /// The bytes of `signature.json`.
  package func fileContents() throws(SignatureError) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return try encoder.encode(self)
    } catch {
      throw .notASignature(reason: "it can't be written as JSON")
    }
  }

  /// Reads `signature.json`.
  package init(fileContents: Data) throws(SignatureError) {
    guard fileContents.count <= Self.fileBytesMax else {
      throw .notASignature(
        reason: "it has \(fileContents.count) bytes, at most \(Self.fileBytesMax) are read")
    }
    do {
      self = try JSONDecoder().decode(ModelSignature.self, from: fileContents)
    } catch let error as SignatureError {
      throw error
    } catch let error as DecodingError {
      throw .notASignature(reason: Self.reason(of: error))
    } catch {
      throw .notASignature(reason: "it is not JSON")
    }
  }

  private static func reason(of error: DecodingError) -> String {
    func place(_ path: [any CodingKey]) -> String {
      let joined = path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(
        separator: ".")
      return joined.isEmpty ? "the top level" : quoted(joined)
    }
    switch error {
    case .keyNotFound(let key, let context):
      return "\(quoted(key.stringValue)) is missing at \(place(context.codingPath))"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "the value at \(place(context.codingPath)) has the wrong type"
    case .dataCorrupted(let context):
      return context.codingPath.isEmpty
        ? "it is not JSON" : "at \(place(context.codingPath)): \(context.debugDescription)"
    @unknown default: return "it is not as expected"
    }
  }
}

extension ModelSignature: Codable {
  private enum CodingKeys: String, CodingKey {
    case format, inputs, outputs, unavailableOutputs
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let format = try container.decode(Int.self, forKey: .format)
    guard format == Self.fileFormat else { throw SignatureError.unknownFormat(format) }
    try self.init(
      inputs: container.decode([TensorSpec].self, forKey: .inputs),
      outputs: container.decode([TensorSpec].self, forKey: .outputs),
      unavailableOutputs: container.decodeIfPresent(
        [UnavailableOutput].self, forKey: .unavailableOutputs) ?? [])
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Self.fileFormat, forKey: .format)
    try container.encode(inputs, forKey: .inputs)
    try container.encode(outputs, forKey: .outputs)
    if !unavailableOutputs.isEmpty {
      try container.encode(unavailableOutputs, forKey: .unavailableOutputs)
    }
  }
}
