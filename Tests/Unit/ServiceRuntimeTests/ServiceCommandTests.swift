import Base
import Foundation
import Testing
import Trust

@testable import ServiceRuntime

@Suite struct ServiceCommandTests {
  @Test(arguments: [
    ([], ServiceCommand.serve), (["--help"], .help), (["-h"], .help), (["--version"], .version),
  ])
  func `a command line that we know is read`(arguments: [String], expected: ServiceCommand) throws {
    #expect(try ServiceCommand(arguments, of: .registry) == expected)
  }

  @Test(arguments: [["--nonsense"], ["serve"], ["--help", "more"], [""]])
  func `any other is refused, with what was given`(arguments: [String]) {
    let error = #expect(throws: ServiceCommand.UsageError.self) {
      try ServiceCommand(arguments, of: .registry)
    }
    #expect(error?.description.contains("`\(arguments[0])`") == true)
    #expect(error?.description.contains("`registry --help`") == true)
  }

  @Test(arguments: [
    (ServiceRole.monitor, "SLIPWAY_STATE", true), (.monitor, "SLIPWAY_MODEL", false),
    (.monitor, "SLIPWAY_REGISTRY", false), (.gateway, "SLIPWAY_MONITOR", true),
    (.registry, "SLIPWAY_TRUST_FILE", true), (.inferenceWorker, "SLIPWAY_MODEL", true),
  ])
  func `a role's help lists what that role reads`(role: ServiceRole, name: String, isRead: Bool) {
    let help = ServiceCommand.help(of: role, modes: ["a --mode"])
    #expect(help.hasPrefix("\(role): "))
    #expect(help.contains("  \(name) ") == isRead)
    #expect(help.contains("\na --mode\n"))
    for status in ServiceExitStatus.allCases {
      #expect(help.contains("  \(status.rawValue)  \(status.meaning)\n"))
    }
  }

  @Test func `no variable is listed twice`() {
    let names = ServiceVariable.all.map(\.name)
    #expect(Set(names).count == names.count)
  }
}
