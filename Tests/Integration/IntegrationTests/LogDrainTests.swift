import Contracts
import Foundation
import IntegrationSuite
import RPC
import SlipwayClient
import Testing

extension IntegrationTests {
  /// What happened in the suite's services, and what the log says of it.
  @Suite(.serialized, .timeLimit(.minutes(20))) struct LogDrainTests {
    private static let rounds = 6

    @Test func `every change is in the log exactly once, whoever is killed meanwhile`() async throws
    {
      try await withFreshSuite { suite in
        try await suite.makePeople()
        var reasons: [String] = []
        for round in 0..<Self.rounds {
          let victim = ["content-governor", "gateway"][round % 2]
          let process = try #require(suite.processes(of: victim).first)
          for number in 0..<4 {
            if number == 2 { try suite.killNow(process) }
            let reason = "round \(round) number \(number)"
            let made = try await suite.slipway(
              "key", "create", "p\(round)\(number)", "--role", "auditor", "--reason", reason,
              "--out", suite.folder.home.appending(path: "k\(round)-\(number)").path)
            // Without an answer it may have been done or not: only what was acknowledged must be there.
            if made.status == 0 { reasons.append(reason) }
          }
          try await suite.waitForRestart(of: victim, after: process)
        }
        let found = try await eventually("every acknowledged change to be in the log") {
          let found = try await entries(suite).map(\.reason)
          return Set(found).isSuperset(of: reasons) ? found : nil
        }
        let made = found.filter { $0.hasPrefix("round") }
        #expect(Set(made).count == made.count, "an entry is there twice")
        #expect(reasons.count >= 3 * Self.rounds)
        print(
          "log drain: \(reasons.count) changes acknowledged, \(made.count) in the log, none twice")
      }
    }

    @Test
    func `changes and inference go on while the log is away, and the log hears of them after`()
      async throws
    {
      try await withFreshSuite { suite in
        try await SmallModel(on: suite).serve()
        let governor = try #require(suite.processes(of: "content-governor").first)
        try suite.suspend(governor, true)
        try await suite.makeKey(of: "later", roles: ["auditor"])
        for _ in 0..<20 { _ = try await suite.client(as: People.pusher).infer(SmallModel.request) }
        try suite.suspend(governor, false)
        _ = try await eventually("the key that was made meanwhile to be in the log") {
          try await entries(suite).contains { $0.text.contains("\"principal\":\"later\"") }
            ? true : nil
        }
      }
    }

    @Test func `every verb of the log is refused to every role but the auditor's and the admin's`()
      async throws
    {
      try await withFreshSuite { suite in
        try await suite.makeKey(of: "auditor", roles: ["auditor"])
        let others = ["developer", "deployer", "approver", "operator"]
        for role in others { try await suite.makeKey(of: "only-\(role)", roles: [role]) }
        for verb in TransparencyLog.API.all {
          for person in others.map({ "only-\($0)" }) + ["auditor"] {
            let isAllowed =
              person == "auditor" && verb.roles.contains("auditor") && verb.peers.isEmpty
            let code = await code(of: verb, as: person, suite)
            let isRefused = code == .permissionDenied || code == .unimplemented
            #expect(isRefused != isAllowed, "\(verb.name) as \(person): \(code)")
          }
        }
      }
    }

    private struct Line {
      let text: String
      let reason: String
    }

    private func entries(_ suite: RunningSuite) async throws -> [Line] {
      let text = try await suite.slipway("audit", "query", "--format", "jsonl", "--all").succeeded()
      return text.split(separator: "\n").map { line in
        let reason = line.firstMatch(of: /"reason":"([^"]*)"/).map { String($0.1) } ?? ""
        return Line(text: String(line), reason: reason)
      }
    }

    /// What a call with an empty request comes to.
    private func code(
      of verb: MethodDescriptor, as person: String, _ suite: RunningSuite
    ) async -> StatusCode {
      do {
        let channel = try suite.channel(as: person)
        let any = Method<TransparencyLog.GetCheckpointRequest, TransparencyLog.EraseResponse>(verb)
        _ = try await channel.call(any, TransparencyLog.GetCheckpointRequest())
        return .ok
      } catch let error as RPCError {
        return error.code
      } catch {
        return .unknown
      }
    }
  }
}
