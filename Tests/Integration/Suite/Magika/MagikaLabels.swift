internal import Foundation

/// From the model's scores to the name of a file type, as magika's high-confidence mode does it.
package struct MagikaLabels: Sendable {
  private struct Configuration: Decodable {
    var target_labels_space: [String]
    var thresholds: [String: Float]
    var overwrite_map: [String: String]
    var medium_confidence_threshold: Float
  }

  private struct ContentType: Decodable {
    var is_text: Bool
  }

  private let configuration: Configuration
  private let textTypes: Set<String>

  /// - Parameters:
  ///   - configuration: the package's `config.min.json`.
  ///   - contentTypes: its `content_types_kb.min.json`.
  init(configuration: [UInt8], contentTypes: [UInt8]) throws {
    let decoder = JSONDecoder()
    self.configuration = try decoder.decode(Configuration.self, from: Data(configuration))
    textTypes = Set(
      try decoder.decode([String: ContentType].self, from: Data(contentTypes))
        .filter(\.value.is_text).keys)
  }

  /// Number of scores that the model gives.
  package var count: Int { configuration.target_labels_space.count }

  /// - Parameter scores: as many as ``count``.
  package func label(of scores: ArraySlice<Float>) -> String? {
    guard scores.count == count,
      let best = scores.indices.max(by: { scores[$0] < scores[$1] })
    else { return nil }
    let found = configuration.target_labels_space[best - scores.startIndex]
    let label = configuration.overwrite_map[found] ?? found
    let threshold = configuration.thresholds[found] ?? configuration.medium_confidence_threshold
    if scores[best] >= threshold { return label }
    return textTypes.contains(label) ? "txt" : "unknown"
  }
}
