import Foundation
import IntegrationSuite
import SlipwayClient
import Testing

extension IntegrationTests {
  /// The real worker, into which code is loaded that tries to get out once the process has given up its
  /// rights: in every thread, each attempt must be refused.
  @Suite(.serialized, .timeLimit(.minutes(10))) struct SandboxTests {
    /// What `Tests/Support/CEscapes` tries, on the thread that confines the process and on a new one.
    private static let attemptsMin = 60

    @Test func `what a probe loads can't get out`() async throws {
      let checkout = try Checkout()
      try await withEscapes(checkout) { variables in
        let result = try await RunningSuite.executable(
          "inference-worker", "--probe-engine", checkout.path(of: "Tests/Golden/models/mlp.onnx"),
          "--engine", "onnxruntime", variables: variables, in: checkout)
        try result.succeeded()
        let attempts = attempts(in: result.errors)
        #expect(attempts.count >= Self.attemptsMin, "\(result.errors)")
        #expect(attempts.filter { !$0.contains("refused") } == [])
        #expect(attempts.contains { $0.contains("thread/tcp") })
      }
    }

    @Test func `what a worker has loaded can't get out, and the worker serves`() async throws {
      let checkout = try Checkout()
      try await withEscapes(checkout) { escapes in
        let variables = escapes.merging(["ESCAPE_MAY_CONNECT": "1"]) { _, last in last }
        try await withFreshSuite(variables: variables) { suite in
          try await SmallModel(on: suite).serve()
          let attempts = attempts(in: suite.logs())
          #expect(attempts.count >= Self.attemptsMin)
          #expect(attempts.filter { !$0.contains("refused") } == [])
          _ = try await suite.client(as: People.pusher).infer(SmallModel.request)
        }
      }
    }

    @Test func `every thread of a serving worker is under the filter for good`() async throws {
      try await withFreshSuite { suite in
        try await SmallModel(on: suite).serve()
        let worker = try #require(try await SmallModel(on: suite).liveWorkers().first)
        let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(worker)/task")
        #expect(threads.count > 2)
        for thread in threads {
          let status = try String(
            contentsOfFile: "/proc/\(worker)/task/\(thread)/status", encoding: .utf8)
          #expect(status.contains("NoNewPrivs:\t1"))
          #expect(status.contains("Seccomp:\t2"))
        }
        let limits = try String(contentsOfFile: "/proc/\(worker)/limits", encoding: .utf8)
        let memory = limits.split(separator: "\n").first { $0.hasPrefix("Max data size") }
        #expect(memory?.contains("unlimited") == false)
      }
    }

    @Test(arguments: ["much", "1000000"])
    func `a bound of memory that no worker can live with is refused`(bound: String) async throws {
      let checkout = try Checkout()
      let state = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
      defer { try? FileManager.default.removeItem(at: state) }
      let result = try await RunningSuite.executable(
        "inference-worker",
        variables: ["SLIPWAY_STATE": state.path, "SLIPWAY_MEMORY_MAX": bound], in: checkout)
      #expect(result.status == 2)
      #expect(result.errors.contains("`SLIPWAY_MEMORY_MAX`"))
    }

    /// Gives the variables that load the attempts into a process.
    private func withEscapes(
      _ checkout: Checkout, _ body: ([String: String]) async throws -> Void
    ) async throws {
      let library = checkout.executables.appending(path: "libescapes.so").path
      try #require(
        FileManager.default.fileExists(atPath: library),
        "the test needs `\(library)`: build it with swift build --build-tests")
      let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      let secret = folder.appending(path: "secret")
      try Data("nobody may read this".utf8).write(to: secret)
      try await body([
        "LD_PRELOAD": library, "ESCAPE_FILE": secret.path, "ESCAPE_FOLDER": folder.path,
        "SLIPWAY_PREFIX": ProcessInfo.processInfo.environment["SLIPWAY_PREFIX"]
          ?? checkout.path(of: ".build-deps"),
      ])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["secret"])
      #expect(try Data(contentsOf: secret) == Data("nobody may read this".utf8))
    }

    private func attempts(in text: String) -> [String] {
      text.split(separator: "\n").filter { $0.contains("escape ") }.map(String.init)
    }
  }
}
