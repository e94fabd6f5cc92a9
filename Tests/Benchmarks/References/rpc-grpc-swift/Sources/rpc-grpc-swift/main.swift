/// grpc-swift-2 as a reference: `rpc-grpc-swift server|client …`, with the arguments, READY and RESULT lines of
/// Tests/Benchmarks/README.md. One event loop on each side, as the others have.

import CLoad
import Foundation

let role = CommandLine.arguments.dropFirst().first ?? ""
let options = load_parse(CommandLine.argc - 1, CommandLine.unsafeArgv + 1)

switch role {
case "server":
  try await serve(port: Int(options.port))
case "client":
  try await LoadClient(options: options).run()
  exit(0)  // the channels' own shutdown is not what we measure
default:
  FileHandle.standardError.write(Data("expected `server` or `client`\n".utf8))
  exit(2)
}
