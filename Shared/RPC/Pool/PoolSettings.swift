/// How a pool serves its callers.
package struct PoolSettings: Sendable, Hashable {
  /// Connections to keep while calls are made; each lives on one event loop, so more than one pays only for
  /// who keeps more than one processor busy with calls.
  package var connections = 1
  /// How long a call waits for a connection, within its own time, while attempts to make one fail. Zero:
  /// it fails with the first of them.
  package var patience = Duration.zero
  /// Whether calls that were lost on their way are made again, as their method and the budget allow.
  package var repeatsLostCalls = false

  package init() {}

  /// For who calls on behalf of others, or has a loop of its own that tries again.
  package static let inner = PoolSettings()

  /// For who begins calls: rides over the restart of its server.
  package static let firstHop: PoolSettings = {
    var settings = PoolSettings()
    settings.patience = .seconds(10)
    settings.repeatsLostCalls = true
    return settings
  }()
}
