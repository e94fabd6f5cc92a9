package import Trust

/// What a person at the console is told.
package enum SupervisorEvent: Sendable, Hashable {
  case child(name: String, ChildEvent)
  case ready(ServiceRole, endpoint: String)
  /// Every service is ready and `endpoints.json` is written.
  case up
  /// The registry's watch broke; it is tried again.
  case watchLost(reason: String)
  /// A worker lost its lease and does not answer: its process is killed.
  case hung(workerID: String)
  /// The list of workers that should run and do not could not be written.
  case absentUnpublished(reason: String)
  case stopping
}
