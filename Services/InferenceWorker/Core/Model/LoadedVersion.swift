/// A version in memory, warm, and what is known of it.
package struct LoadedVersion: Sendable {
  package let model: any LoadedModel
  /// Of the engine that runs it.
  package let engineName: String
  package let engineVersion: String
  /// Its path within the version.
  package let modelFile: String
  /// What the last run of warming up took; nil if it failed.
  package let warmRunTime: Duration?
  /// Why warming up failed, for the log.
  package let warmUpFailure: EngineError?
}
