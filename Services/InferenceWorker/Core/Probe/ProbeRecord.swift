/// `probe.json`: what probing a version at its push has shown of each engine; signed with the version, so
/// a worker may choose by it.
package struct ProbeRecord: Sendable, Equatable, Codable {
  package static let fileName = "probe.json"
  package static let currentFormat = 1
  /// Larger files are refused unread.
  package static let fileBytesMax = 1 << 20

  /// The median of repeated runs on one thread.
  package struct Latency: Sendable, Equatable, Codable {
    package var batch: Int
    package var microseconds: Double
    /// Proportional set size of the whole process after these runs.
    package var memoryBytes: UInt64
  }

  /// The largest difference of one output from the reference's.
  package struct Difference: Sendable, Equatable, Codable {
    package var tensor: String
    package var absolute: Double
    /// Of the tolerance that its place in the tensor has: more than 1 is too much.
    package var shareOfTolerance: Double
  }

  package struct Engine: Sendable, Equatable, Codable {
    package var name: String
    package var version: String
    package var precision: EngineOptions.Precision
    package var loadMilliseconds: Double?
    package var latencies: [Latency] = []
    /// Whether its outputs are the reference's within tolerance. The reference agrees with itself.
    package var agrees: Bool
    package var largestDifference: Difference?
    /// Why it can't serve the model.
    package var failure: String?
  }

  /// From this batch size on, up to the next choice's.
  package struct Choice: Sendable, Equatable, Codable {
    package var batch: Int
    package var engine: String
  }

  package var format = Self.currentFormat
  /// `auto`, or the engine that the card asks for.
  package var engine: String
  package var precision: EngineOptions.Precision
  package var tolerance: Tolerance
  /// Inputs that were compared: made up, and given by the card.
  package var syntheticCases: Int
  package var givenCases: Int
  package var machine: String
  package var engines: [Engine]
  /// Ascending by batch, the first one for 1.
  package var choices: [Choice]
}
