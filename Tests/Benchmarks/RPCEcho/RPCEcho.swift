internal import Dispatch
internal import Foundation
internal import LoadLoop

/// `rpc-echo server|client …`, by the contract of Tests/Benchmarks/README.md.
@main
enum RPCEcho {
  static func main() {
    // The main thread waits: profilers take one that ends for the end of the process.
    let done = DispatchSemaphore(value: 0)
    Task.detached {
      do {
        try await run()
      } catch {
        FileHandle.standardError.write(Data("\(error)\n".utf8))
        exit(1)
      }
      done.signal()
    }
    done.wait()
  }

  private static func run() async throws {
    var arguments = Array(CommandLine.arguments.dropFirst())
    let wire = EchoWire(takingFrom: &arguments)
    let options = LoadOptions(arguments: Array(arguments.dropFirst()))
    guard let mode = options.mode.isEmpty ? .sync : EchoMode(rawValue: options.mode) else {
      refuse("`--mode sync` or `async`")
    }
    switch arguments.first {
    case "server": try await EchoServer.run(port: options.port, mode: mode, wire: wire)
    case "client": try await EchoClient.run(options, isAsync: mode.isAsync, wire: wire)
    default: refuse("`server` or `client`")
    }
  }

  private static func refuse(_ expected: String) -> Never {
    FileHandle.standardError.write(Data("expected \(expected)\n".utf8))
    exit(2)
  }
}
