/// A setting that a worker can't start with; the message is for whoever set it.
package enum WorkerConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
  case invalid(String)

  package var description: String {
    switch self {
    case .invalid(let message): message
    }
  }
}
