/// What the compiler cannot prove safe (`unsafe`, `@unchecked`, `nonisolated(unsafe)`, `@safe`)
/// stays in the rooms that border C, and in named files with a decision record each.
enum UnsafeRule {
  /// Folders, ended by `/`.
  static let rooms = [
    "Services/ContentGovernor/Matching/",
    "Services/InferenceWorker/Engines/",
    "Services/InferenceWorker/Sandbox/",
    "Shared/Contracts/Bridge/",
    "Shared/Contracts/Generated/",
    "Shared/Wire/Compression/",
    "Tests/Benchmarks/LoadLoop/Meter/",
    "Tests/Benchmarks/References/",
    "Tests/Fuzz/Entry/",
    // A loop on the check's own thread.
    "Tests/Fuzz/Checks/",
    // One thread by construction, and a hook of the runtime.
    "Tests/Simulation/Simulate/",
  ]

  /// File to the record in `Shared/Docs/decisions` that allows it. This list should only shrink.
  static let exceptions = [
    "Services/Gateway/Core/Forwarding/Upstreams.swift": "0005-unsafe-outside-the-adapters.md",
    "Shared/RPC/Client/ClientConnection.swift": "0005-unsafe-outside-the-adapters.md",
    "Shared/RPC/Link/LoopCalls.swift": "0005-unsafe-outside-the-adapters.md",
    "Shared/RPC/Pool/ConnectionPool.swift": "0005-unsafe-outside-the-adapters.md",
    "Shared/RPC/Server/ServerConnection.swift": "0005-unsafe-outside-the-adapters.md",
    "Shared/Runtime/Process/OpenFiles.swift": "0005-unsafe-outside-the-adapters.md",
    "Shared/TransportInProcess/BytePipe.swift": "0005-unsafe-outside-the-adapters.md",
    "Shared/TransportInProcess/RawPeer.swift": "0005-unsafe-outside-the-adapters.md",
    "Shared/TransportInProcess/SerialQueue.swift": "0005-unsafe-outside-the-adapters.md",
    "Shared/TransportTCP/EventLoopExecutor.swift": "0005-unsafe-outside-the-adapters.md",
    "Shared/TransportTCP/Polling/SocketProbe.swift": "0005-unsafe-outside-the-adapters.md",
    "Shared/Wire/Bytes.swift": "0005-unsafe-outside-the-adapters.md",
    "Tests/Unit/ContractsTests/HostileBytesTests.swift": "0005-unsafe-outside-the-adapters.md",
  ]

  private static let words: Set<Substring> = ["unsafe", "@unsafe", "@safe", "@unchecked"]

  static func findings(in source: String, of file: String) -> [String] {
    if rooms.contains(where: file.hasPrefix) || exceptions[file] != nil { return [] }
    return Set(SourceText.words(of: source)).intersection(words).sorted().map {
      "\(file): says `\($0)` outside of the rooms that UnsafeRule allows"
    }
  }
}
