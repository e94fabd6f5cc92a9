/// What has to be done so that the running workers become the desired ones.
package enum WorkerAction: Sendable, Hashable {
  case start(model: String, version: UInt32)
  /// For calls with which workers died.
  case startQuarantine(model: String, version: UInt32)
  case drain(slot: Int)
}
