internal import Foundation
internal import Trust

extension Tool {
  /// Runs the process's own command line over TCP and ends the process.
  package static func main() async -> Never {
    let environment = ProcessInfo.processInfo.environment
    let links = RuntimeLinks()
    // The suite's executables lie beside this one, wherever a link to it may be.
    let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let context = ToolContext(
      environment: environment, output: .system, gateways: links, links: links,
      executables: executable.deletingLastPathComponent().path, input: .system)
    exit(await run(Array(CommandLine.arguments.dropFirst()), context: context))
  }
}
