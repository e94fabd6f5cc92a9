package import Trust

/// What a person at the console is told.
package enum SupervisorEvent: Sendable, Hashable {
  case child(name: String, ChildEvent)
  case ready(ServiceRole, endpoint: String)
  /// Every service is ready and `endpoints.json` is written.
  case up
  /// The registry's watch broke; it is tried again.
  case watchLost(reason: String)
  /// The list of parked workers could not be written.
  case parkedUnpublished(reason: String)
  case stopping
}
