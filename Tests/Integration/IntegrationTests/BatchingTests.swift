import Foundation
import IntegrationSuite
import RPC
import SlipwayClient
import Testing

extension IntegrationTests {
  /// Batches on the real binaries: client, gateway, worker.
  @Suite(.serialized, .timeLimit(.minutes(10))) struct BatchingTests {
    private static let calls = 600
    private static let callers = 24
    /// What batching may change of a number.
    private static let absoluteTolerance: Float = 1e-4
    private static let relativeTolerance: Float = 1e-3

    @Test func `under load with mixed calls every caller gets the answer that it gets alone`()
      async throws
    {
      try await withFreshSuite(variables: ["SLIPWAY_ENGINE_THREADS": "1"]) { suite in
        try await SmallModel(on: suite).serve()
        try await EncoderModel(on: suite).serve(
          ["batch_rows_max: 16", "padding: {tokens: 0, mask: 0}"])
        try await suite.makeKey(of: People.client, roles: ["developer"])
        let clients = [
          try suite.client(as: People.pusher), try suite.client(as: People.client),
        ]
        let calls = Self.calls(seed: 1)
        var expected: [[Float]?] = []
        for tokens in calls { expected.append(try await embedding(clients[0], tokens)) }
        #expect(expected.count { $0 == nil } > 10)
        let wrong = try await Self.load(clients, calls, expected)
        #expect(wrong == [])
        let counts = try await counts(of: EncoderModel.name, in: suite)
        // Each call was asked for twice, once alone.
        let good = Double(expected.count { $0 != nil })
        #expect(try #require(counts["nv_inference_request_success"]) >= 2 * good)
        let runs = try #require(counts["nv_inference_exec_count"])
        #expect(runs < Double(2 * calls.count), "\(runs) runs: nothing was batched")
        #expect(counts["nv_inference_pending_request_count"] == 0)
      }
    }

    /// Tokens of mixed lengths; every 20th call has one that makes its run fail.
    private static func calls(seed: UInt64) -> [[Int64]] {
      var state = seed
      func next(_ bound: UInt64) -> Int64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int64((state >> 33) % bound)
      }
      return (0..<calls).map { index in
        var tokens = (0...next(30)).map { _ in next(UInt64(EncoderModel.words)) }
        if index % 20 == 7 { tokens[0] = EncoderModel.words + 7 }
        return tokens
      }
    }

    /// Makes all calls from many callers at once, some of whom leave or have no time.
    ///
    /// - Returns: what was wrong, in words.
    private static func load(
      _ clients: [GatewayClient], _ calls: [[Int64]], _ expected: [[Float]?]
    ) async throws -> [String] {
      try await withThrowingTaskGroup(of: [String].self) { group in
        for caller in 0..<callers {
          group.addTask {
            var wrong: [String] = []
            let client = clients[caller % clients.count]
            for index in stride(from: caller, to: calls.count, by: callers) {
              if index % 11 == 3 { await leave(client, calls[index]) }
              if index % 13 == 5, !(await comesInTime(client, calls[index], expected[index])) {
                wrong.append("call \(index) in no time")
              }
              let answer = try await embedding(client, calls[index])
              if !agree(answer, expected[index]) { wrong.append("call \(index)") }
            }
            return wrong
          }
        }
        return try await group.reduce(into: []) { $0 += $1 }
      }
    }

    /// A caller that does not wait for its answer.
    private static func leave(_ client: GatewayClient, _ tokens: [Int64]) async {
      await withTaskGroup(of: Void.self) { group in
        group.addTask { _ = try? await client.infer(EncoderModel.request(tokens)) }
        await Task.yield()
        group.cancelAll()
      }
    }

    /// Whether a call with a millisecond is refused for it, or answered rightly.
    private static func comesInTime(
      _ client: GatewayClient, _ tokens: [Int64], _ expected: [Float]?
    ) async -> Bool {
      do {
        let result = try await client.infer(
          EncoderModel.request(tokens, timeout: .milliseconds(1)))
        return agree(floats(result), expected)
      } catch {
        return switch error.code {
        case .deadlineExceeded, .resourceExhausted, .unavailable, .cancelled: true
        default: expected == nil && error.code == .internalError
        }
      }
    }

    private func embedding(_ client: GatewayClient, _ tokens: [Int64]) async throws -> [Float]? {
      try await Self.embedding(client, tokens)
    }

    /// Nil if the model fails on these tokens.
    private static func embedding(
      _ client: GatewayClient, _ tokens: [Int64]
    ) async throws -> [Float]? {
      do {
        return floats(try await client.infer(EncoderModel.request(tokens)))
      } catch {
        guard error.code == .internalError else { throw error }
        return nil
      }
    }

    private static func floats(_ result: InferenceResult) -> [Float]? {
      guard case .fp32(let values)? = result["embedding"]?.elements else { return nil }
      return values
    }

    private static func agree(_ answer: [Float]?, _ expected: [Float]?) -> Bool {
      guard let answer, let expected else { return answer == nil && expected == nil }
      return answer.count == expected.count
        && zip(answer, expected).allSatisfy {
          abs($0 - $1) <= absoluteTolerance + relativeTolerance * abs($1)
        }
    }

    /// What a model's worker counts, by metric.
    private func counts(of model: String, in suite: RunningSuite) async throws -> [String: Double] {
      let worker = try #require(
        suite.logs().split(separator: "\n").first {
          $0.hasPrefix("\(model)-") && $0.contains("metrics and health")
        })
      let address = try #require(worker.split(separator: "address=").last.map(String.init))
      let metrics = try await RunningSuite.get("/metrics", at: address)
      var counts: [String: Double] = [:]
      for line in metrics.split(separator: "\n") where line.hasPrefix("nv_") {
        let words = line.split(separator: " ")
        guard words.count == 2, let name = words[0].split(separator: "{").first else { continue }
        counts[String(name), default: 0] += Double(words[1]) ?? 0
      }
      return counts
    }
  }
}
