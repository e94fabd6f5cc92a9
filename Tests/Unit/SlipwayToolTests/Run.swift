import Foundation
import Synchronization
import Trust

@testable import SlipwayTool

/// What a command line did.
struct Run {
  var status: Int32
  var output: String
  var complaint: String

  /// A key whose checksum is right; nobody made it.
  static let key = "slip_test_000000000001_1111111111111111111111111111111111111111111_0tKRqG"
  static let otherKey = "slip_test_000000000002_2222222222222222222222222222222222222222222_348hAQ"

  /// Runs a command line against a fake gateway.
  init(
    _ arguments: [String], on gateway: FakeGateway = FakeGateway(), home: String = "/nonexistent",
    isTerminal: Bool = false, environment: [String: String] = [:], input: ToolInput = .none
  ) async {
    let written = Mutex("")
    let complained = Mutex("")
    var variables = ["HOME": home, "SLIPWAY_GATEWAY": "h:1", "SLIPWAY_KEY": Run.key]
    variables.merge(environment) { _, new in new }
    let context = ToolContext(
      environment: variables,
      output: ToolOutput(
        write: { text in written.withLock { $0 += text } },
        complain: { text in complained.withLock { $0 += text } }, isTerminal: isTerminal,
        isComplaintTerminal: false),
      gateways: gateway, links: gateway, executables: "/nonexistent", input: input,
      now: { Timestamp(millisecondsSinceEpoch: 1_800_000_000_000) })
    status = await Tool.run(arguments, context: context)
    output = written.withLock { $0 }
    complaint = complained.withLock { $0 }
  }
}

/// A folder that is gone when the test is over.
func withFolder<Result>(_ use: (String) async throws -> Result) async throws -> Result {
  let path = FileManager.default.temporaryDirectory.path + "/slipway-\(UUID().uuidString)"
  try FileManager.default.createDirectory(
    atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try await use(path)
}
