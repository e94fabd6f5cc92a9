internal import Foundation
package import SlipwaySupervisor
package import Trust

/// The world as a command sees it.
package struct ToolContext: Sendable {
  package var environment: [String: String]
  package var output: ToolOutput
  package var input: ToolInput
  package var gateways: any GatewayConnecting
  package var links: any SupervisorLinks
  /// Folder of the suite's executables.
  package var executables: String
  package var now: @Sendable () -> Timestamp

  package init(
    environment: [String: String], output: ToolOutput, gateways: any GatewayConnecting,
    links: any SupervisorLinks, executables: String, input: ToolInput = .none,
    now: @escaping @Sendable () -> Timestamp = { Timestamp.now() }
  ) {
    self.environment = environment
    self.output = output
    self.input = input
    self.gateways = gateways
    self.links = links
    self.executables = executables
    self.now = now
  }

  /// A variable that is set and not empty.
  func setting(_ name: String) -> String? {
    environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The folder of certificates, absolute.
  ///
  /// - Parameter named: by an option; it comes before the environment.
  func certificates(_ named: String?) -> String? {
    (named ?? setting("SLIPWAY_CERTS")).map { URL(fileURLWithPath: $0).standardizedFileURL.path }
  }

  /// Bound for the length of a command: argument-parser makes commands out of nothing but arguments.
  @TaskLocal static var bound: ToolContext?

  static func current() throws(ToolError) -> ToolContext {
    guard let bound else { throw ToolError(.failed, "expected a command to run inside `slipway`") }
    return bound
  }
}
