/// Why the suite could not be brought up or down.
package enum SupervisorError: Error, Equatable, CustomStringConvertible {
  case stateUnusable(path: String, reason: String)
  /// Another supervisor has the state directory.
  case alreadyRunning(path: String, processID: Int32?)
  case notRunning(path: String)
  case stillRunning(processID: Int32, waited: Duration)
  case executableMissing(path: String)
  case portBaseInvalid(Int)
  /// Nothing can listen where a service is to.
  case portUnusable(service: String, reason: String)
  /// A service said that starting it again does not help.
  case serviceRefused(name: String, reason: String)

  package var description: String {
    switch self {
    case .stateUnusable(let path, let reason): "`\(path)`: \(reason)"
    case .alreadyRunning(let path, let processID):
      "a suite runs on `\(path)` already\(processID.map { " (process \($0))" } ?? ""): use it, or end it with `slipway down --state \(path)`"
    case .notRunning(let path):
      "no suite runs on `\(path)`: start one with `slipway up --state \(path)`"
    case .stillRunning(let processID, let waited):
      "process \(processID) still runs \(waited.components.seconds) s after it was asked to end: look at its log, or wait longer with `--timeout`"
    case .executableMissing(let path):
      "expected the executable `\(path)` beside `slipway`: build or install the whole suite"
    case .portBaseInvalid(let port):
      "expected a port base between 1024 and \(PortPlan.baseMax), got \(port)"
    case .portUnusable(let service, let reason),
      .serviceRefused(let service, let reason):
      "the \(service) can't start: \(reason)"
    }
  }
}
