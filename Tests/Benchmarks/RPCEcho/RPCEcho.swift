internal import Foundation
internal import LoadLoop

/// `rpc-echo server|client …`, by the contract of Tests/Benchmarks/README.md.
@main
enum RPCEcho {
  static func main() async throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let options = LoadOptions(arguments: Array(arguments.dropFirst()))
    guard let mode = options.mode.isEmpty ? .sync : EchoMode(rawValue: options.mode) else {
      refuse("`--mode sync` or `async`")
    }
    switch arguments.first {
    case "server": try await EchoServer.run(port: options.port, mode: mode)
    case "client": try await EchoClient.run(options, isAsync: mode.isAsync)
    default: refuse("`server` or `client`")
    }
  }

  private static func refuse(_ expected: String) -> Never {
    FileHandle.standardError.write(Data("expected \(expected)\n".utf8))
    exit(2)
  }
}
