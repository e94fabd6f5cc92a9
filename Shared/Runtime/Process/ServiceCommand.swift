internal import Base
package import Trust

/// What a service's command line asks for. Settings come from variables, so there is little to ask.
package enum ServiceCommand: Sendable, Equatable {
  case serve
  case help
  case version

  /// A command line that we do not read.
  package struct UsageError: Error, CustomStringConvertible {
    package let description: String
  }

  /// - Parameter arguments: those of the process, without its own name.
  package init(_ arguments: [String], of role: ServiceRole) throws(UsageError) {
    switch arguments {
    case []: self = .serve
    case ["--help"], ["-h"]: self = .help
    case ["--version"]: self = .version
    default:
      let shown = arguments.map { "`\($0)`" }.joined(separator: " ")
      throw UsageError(
        description: "expected no arguments, not \(shown): settings are variables, which "
          + "`\(role) --help` lists")
    }
  }

  /// The role, what it is told by its environment, and what it exits with.
  package static func help(of role: ServiceRole, modes: [String] = []) -> String {
    var lines = ["\(role): \(summary(of: role))", ""]
    lines += ["\(role): serve until SIGTERM or SIGINT"] + modes
    lines += ["\(role) --help, --version", "", "Variables:"]
    let variables = ServiceVariable.all.filter { $0.roles.contains(role) }
    let width = variables.map(\.name.count).max() ?? 0
    for variable in variables {
      let padding = String(repeating: " ", count: width - variable.name.count)
      lines.append("  \(variable.name)\(padding)  \(variable.meaning) (\(variable.fallback))")
    }
    lines += ["", "Exit statuses:"]
    lines += ServiceExitStatus.allCases.map { "  \($0.rawValue)  \($0.meaning)" }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func summary(of role: ServiceRole) -> String {
    switch role {
    case .gateway: "checks API keys and passes calls on to the other services"
    case .inferenceWorker: "serves one version of one model"
    case .registry: "keeps models, approvals, deployments and leases"
    case .monitor: "keeps what calls came to, and tells of drift and quality"
    case .contentGovernor: "keeps the transparency log of everything that happened"
    case .supervisor: "starts and stops the others"
    }
  }
}
