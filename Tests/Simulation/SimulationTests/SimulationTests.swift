import Foundation
import Testing

/// Runs the simulation as a process of its own: it takes over the runtime's pool of threads.
@Suite(.serialized, .timeLimit(.minutes(59))) struct SimulationTests {
  private static let isLong = ProcessInfo.processInfo.environment["SLIPWAY_LONG"] == "1"

  @Test(arguments: [[], ["--gateway"]])
  func `calls keep their promises under every seed`(world: [String]) throws {
    let (status, output) = try simulate(world + ["--count", Self.isLong ? "1000" : "50"])
    let lines = output.split(separator: "\n")
    let failures = lines.filter { !$0.hasPrefix("seed") || $0.contains("again:") }
    print(lines.last ?? "simulate said nothing")
    #expect(status == 0, "\(failures.joined(separator: "\n"))")
  }

  /// Each line that begins with a call, a connection or a process is a promise that was seen broken.
  @Test(arguments: [
    "lost-answer", "swapped-answers", "changed-answer", "changed-request", "doubled-answer",
    "lost-credit", "doubled-credit", "doubled-call",
  ])
  func `a mistake of the gateway or of a worker is found`(fault: String) throws {
    let (status, output) = try simulate(["--planted", fault, "--count", "8"])
    #expect(status == 1, "\(output)")
    #expect(output.contains("again: scripts/simulate --gateway --planted \(fault) --seed"))
  }

  @Test(arguments: [3, 8, 21], [[], ["--gateway"]])
  func `a seed gives the same run in every process`(seed: Int, world: [String]) throws {
    let runs = try (0..<2).map { _ in try simulate(world + ["--seed", "\(seed)"]).output }
    let digests = runs.map { output in
      output.split(whereSeparator: { $0 == " " || $0 == "," }).drop { $0 != "digest" }.dropFirst()
        .first
    }
    #expect(digests[0] != nil && digests[0] == digests[1])
  }

  /// Exit status and output of the executable beside this test's bundle.
  private func simulate(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent().appending(path: "simulate")
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
