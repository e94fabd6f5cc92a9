import Foundation
import SlipwayTool

let environment = ProcessInfo.processInfo.environment
let links = RuntimeLinks(environment: environment)
let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
let context = ToolContext(
  environment: environment, output: .system, gateways: links, links: links,
  executables: executable.deletingLastPathComponent().path)
exit(await Tool.run(Array(CommandLine.arguments.dropFirst()), context: context))
