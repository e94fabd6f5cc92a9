/// The parts of the suite that prove themselves to one another.
package enum ServiceRole: String, CaseIterable, Hashable, Sendable, CustomStringConvertible {
  case gateway
  case inferenceWorker = "inference-worker"
  case registry
  case monitor
  case contentGovernor = "content-governor"
  case supervisor

  package var description: String { rawValue }
}
