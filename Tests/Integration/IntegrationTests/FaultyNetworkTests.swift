import Contracts
import Foundation
import IntegrationSuite
import RPC
import SlipwayClient
import Synchronization
import Testing

extension IntegrationTests {
  /// A network that a seed breaks, between a client and the gateway and between the gateway and a worker: TLS
  /// sees to it that the proxy between them can do nothing but fail.
  @Suite(.serialized, .timeLimit(.minutes(20))) struct FaultyNetworkTests {
    private static let isLong = ProcessInfo.processInfo.environment["SLIPWAY_LONG"] == "1"
    private static let rounds = isLong ? 6 : 1
    private static let lanes = 4
    /// Long enough for a busy machine, short enough that a black hole shows.
    private static let patience = Duration.seconds(3)

    @Test
    func `calls over a network that fails are right or fail cleanly, and all is well afterwards`()
      async throws
    {
      let seed =
        ProcessInfo.processInfo.environment["SLIPWAY_SEED"].flatMap { UInt32($0) }
        ?? UInt32.random(in: 0...UInt32.max)
      print("faulty network: SLIPWAY_SEED=\(seed)")
      let folder = try SuiteFolder()
      defer { folder.remove() }
      let checkout = try Checkout()
      let certificates = folder.home.appending(path: "certs").path
      try await RunningSuite.executable(
        "slipway", "certs", "init", certificates, variables: [:], in: checkout
      ).succeeded()
      try await RunningSuite.withSuite(
        in: folder, from: checkout, variables: ["SLIPWAY_CERTS": certificates]
      ) { suite in
        do {
          try await SmallModel(on: suite).serve()
          try await failBeforeTheGateway(suite, seed: seed)
          try await failBehindTheGateway(suite, seed: seed, certificates)
        } catch {
          throw StepFailure("seed \(seed): \(error)\n\(suite.logTails())")
        }
      }
    }

    private func failBeforeTheGateway(_ suite: RunningSuite, seed: UInt32) async throws {
      let port = try PortBase.free()
      let questions = try await Questions(suite.client(as: People.pusher))
      try await throughProxy(port, to: suite.endpoints["gateway"] ?? "", seed, suite) { proxy in
        let client = try suite.client(as: People.pusher, at: "127.0.0.1:\(port)")
        try await schedule(of: proxy, questions, client, "before the gateway")
        try await questions.expectRight(100, from: client)
      }
    }

    private func failBehindTheGateway(
      _ suite: RunningSuite, seed: UInt32, _ certificates: String
    ) async throws {
      let base = try PortBase.free()
      let questions = try await Questions(suite.client(as: People.pusher))
      let variables = [
        "SLIPWAY_STATE": suite.folder.root.appending(path: "elsewhere").path,
        "SLIPWAY_TRUST_FILE": suite.folder.state.appending(path: "trust.json").path,
        "SLIPWAY_CERTS": certificates, "SLIPWAY_REGISTRY": suite.endpoints["registry"] ?? "",
        "SLIPWAY_LISTEN": "127.0.0.1:\(base)", "SLIPWAY_ADVERTISE": "127.0.0.1:\(base + 1)",
        "SLIPWAY_WORKER_ID": "elsewhere", "SLIPWAY_MODEL": SmallModel.name, "SLIPWAY_VERSION": "1",
      ]
      try await throughProxy(base + 1, to: "127.0.0.1:\(base)", seed, suite) { proxy in
        try await RunningSuite.withExecutable(
          "inference-worker", variables: variables, in: suite.checkout, within: .seconds(900)
        ) {
          _ = try await eventually("the lease of a worker behind the proxy") {
            try await SmallModel(on: suite).registered().leases.first {
              $0.workerID == "elsewhere" && $0.state == "serving"
            }
          }
          let client = try suite.client(as: People.pusher)
          try await schedule(of: proxy, questions, client, "behind the gateway")
          try await questions.expectRight(100, from: client)
          // Nobody else is left: what goes well now goes over the network that had failed.
          let own = try #require(suite.processes(of: "inference-worker").first)
          try suite.killNow(own)
          try await questions.expectRight(20, from: client)
        }
      }
    }

    private func throughProxy(
      _ port: Int, to target: String, _ seed: UInt32, _ suite: RunningSuite,
      _ body: (Peer.Held) async throws -> Void
    ) async throws {
      try await Peer.hold(
        "proxy.py", ["\(port)", target, "\(seed)", "\(Self.rounds)"], in: suite.checkout, body)
    }

    /// Asks all the time until the proxy has done its worst.
    private func schedule(
      of proxy: Peer.Held, _ questions: Questions, _ client: GatewayClient, _ place: String
    ) async throws {
      try await questions.expectRight(10, from: client)
      try await proxy.tell("begin")
      let seen = try await withThrowingTaskGroup(of: Seen.self) { group in
        let isOver = Flag()
        for lane in 0..<Self.lanes {
          group.addTask { await questions.ask(client, lane, until: isOver, Self.patience) }
        }
        do {
          _ = try await eventually("the schedule's end", within: .seconds(300)) {
            proxy.said.contains("over") ? true : nil
          }
        } catch {
          isOver.raise()
          throw error
        }
        isOver.raise()
        return try await group.reduce(into: Seen()) { $0.add($1) }
      }
      print("faulty network, \(place): \(seen)")
      #expect(seen.wrong.isEmpty, "\(place)")
      #expect(seen.right > 0, "\(place)")
      let proper: Set<StatusCode> = [.unavailable, .deadlineExceeded]
      #expect(seen.failures.keys.allSatisfy(proper.contains), "\(place): \(seen)")
    }
  }
}

/// What came of many questions.
private struct Seen: Sendable, CustomStringConvertible {
  var right = 0
  var failures: [StatusCode: Int] = [:]
  var wrong: [String] = []
  var longest = Duration.zero

  mutating func add(_ other: Seen) {
    right += other.right
    failures.merge(other.failures, uniquingKeysWith: +)
    wrong += other.wrong
    longest = max(longest, other.longest)
  }

  var description: String { "\(right) right, failed \(failures), the longest took \(longest)" }
}

/// Set once.
private final class Flag: Sendable {
  private let value = Atomic(false)

  var isRaised: Bool { value.load(ordering: .relaxed) }

  func raise() { value.store(true, ordering: .relaxed) }
}

/// Questions whose answers are known, each another one.
private struct Questions: Sendable {
  private let requests: [InferenceRequest]
  private let answers: [[Tensor]]

  /// Asks where nothing fails.
  init(_ client: GatewayClient) async throws {
    var requests: [InferenceRequest] = []
    var answers: [[Tensor]] = []
    for number in 0..<8 {
      let values = (0..<30).map { Float($0 * number % 11) / 10 }
      let request = InferenceRequest(
        model: SmallModel.name, inputs: [Tensor("x", shape: [1, 30], values)],
        timeout: .seconds(20))
      requests.append(request)
      answers.append(try await client.infer(request).outputs)
    }
    try expect(Set(answers.map { "\($0)" }).count == requests.count, "the answers are alike")
    (self.requests, self.answers) = (requests, answers)
  }

  func expectRight(_ count: Int, from client: GatewayClient) async throws {
    for number in 0..<count {
      let place = number % requests.count
      let outputs = try await client.infer(requests[place]).outputs
      try expect(outputs == answers[place], "answer \(number) is wrong: \(outputs)")
    }
  }

  func ask(
    _ client: GatewayClient, _ first: Int, until isOver: Flag, _ patience: Duration
  ) async -> Seen {
    var seen = Seen()
    var number = first
    while !isOver.isRaised {
      let place = number % requests.count
      number += 1
      var request = requests[place]
      request.timeout = patience
      let start = ContinuousClock.now
      do throws(RPCError) {
        let outputs = try await client.infer(request).outputs
        if outputs == answers[place] { seen.right += 1 } else { seen.wrong.append("\(outputs)") }
      } catch {
        seen.failures[error.code, default: 0] += 1
        try? await Task.sleep(for: .milliseconds(20))
      }
      seen.longest = max(seen.longest, ContinuousClock.now - start)
    }
    return seen
  }
}
