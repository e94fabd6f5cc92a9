import Contracts
import Foundation
import IntegrationSuite
import RPC
import SlipwayClient
import Testing

extension IntegrationTests {
  /// The monitor on real binaries: a real model, real calls, drifted inputs, labels.
  @Suite(.serialized, .timeLimit(.minutes(15))) struct MonitorTests {
    private static let count = 400
    private static let width = 30

    @Test func `drift of real calls is shown with its cause, and labels give measured quality`()
      async throws
    {
      try await withFreshSuite { suite in
        try await SmallModel(on: suite).serve()
        var answers = try await call(suite, Self.inputs(seed: 1), prefix: "before")
        try await waitForRows(Self.count, suite)
        let baseline = try await suite.slipway(
          "monitor", "baseline", "take", SmallModel.name, "--reason", "the first week",
          as: People.pusher
        ).succeeded()
        #expect(baseline.contains("the first week"))

        answers.merge(try await call(suite, Self.inputs(seed: 2), prefix: "same")) { one, _ in one }
        try await waitForRows(2 * Self.count, suite)
        let steady = try await drift(suite)
        #expect(steady.columns.allSatisfy { $0.verdict == "steady" }, "\(steady.cause)")

        answers.merge(
          try await call(suite, Self.inputs(seed: 3, drifted: 4), prefix: "later")
        ) { one, _ in one }
        try await waitForRows(3 * Self.count, suite)
        let drifted = try await drift(suite)
        let worst = try #require(drifted.columns.first)
        #expect(worst.name == "x[4]")
        #expect(worst.verdict == "drifted")
        #expect(drifted.cause.contains("input `x[4]` has changed most"))
        #expect(
          drifted.columns.filter { $0.role == "input" && $0.verdict == "drifted" }.count == 1)
        let checked = try await suite.slipway(
          "drift", SmallModel.name, "--rows", "\(Self.count)", "--check", as: People.pusher)
        #expect(checked.status == 1)
        #expect(checked.output.contains("x[4]"))
        print("monitor: \(drifted.cause)")

        try await label(suite, answers)
      }
    }

    @Test func `killed monitors and gateways count every call once, and inference goes on`()
      async throws
    {
      try await withFreshSuite { suite in
        try await SmallModel(on: suite).serve()
        let client = try suite.client(as: People.pusher)
        var made = 0
        for round in 0..<4 {
          let monitor = try #require(suite.processes(of: "monitor").first)
          for number in 0..<50 {
            if number == 25 { try suite.killNow(monitor) }
            var request = SmallModel.request
            request.id = "r\(round)-\(number)"
            // A request that is made twice is one.
            _ = try await client.infer(request)
            if number.isMultiple(of: 10) { _ = try await client.infer(request) }
            made += 1
          }
          try await suite.waitForRestart(of: "monitor", after: monitor)
        }
        try await waitForRows(made, suite)
        let found = try await summary(suite)
        #expect(found.calls == UInt64(made))
        #expect(found.failures == 0)
        // A gateway that ends in order hands on what it has.
        let gateway = try #require(suite.processes(of: "gateway").first)
        for number in 0..<20 {
          var request = SmallModel.request
          request.id = "last-\(number)"
          _ = try await client.infer(request)
        }
        try suite.endInOrder(gateway)
        try await suite.waitForRestart(of: "gateway", after: gateway)
        try await waitForRows(made + 20, suite)
        #expect(try await summary(suite).calls == UInt64(made + 20))
      }
    }

    @Test func `a watched model pages once, with the cause, and somebody sees to it`() async throws
    {
      try await withFreshSuite { suite in
        try await SmallModel(on: suite).serve()
        _ = try await call(suite, Self.inputs(seed: 1), prefix: "before")
        try await waitForRows(Self.count, suite)
        try await suite.slipway(
          "monitor", "baseline", "take", SmallModel.name, as: People.pusher
        ).succeeded()
        try await suite.slipway(
          "alerts", "watch", SmallModel.name, "--every", "1s", "--rows", "\(Self.count)",
          as: People.pusher
        ).succeeded()
        _ = try await call(suite, Self.inputs(seed: 2), prefix: "same")
        _ = try await eventually("a quiet look") {
          let told = try await alerts(suite)
          return (told.watches.first?.quietLooks ?? 0) > 0 ? true : nil
        }
        #expect(try await alerts(suite).alerts.isEmpty)
        _ = try await call(suite, Self.inputs(seed: 3, drifted: 4), prefix: "later")
        let alert = try await eventually("the alert") { try await alerts(suite).alerts.first }
        #expect(alert.state == "firing")
        #expect(alert.cause.contains("input `x[4]` has changed most"))
        try await suite.slipway("alerts", "acknowledge", "\(alert.id)", as: People.pusher)
          .succeeded()
        let listed = try await suite.slipway("alerts", as: People.pusher).succeeded()
        #expect(listed.contains(People.pusher) && listed.contains("x[4]"))
        #expect(try await alerts(suite).alerts.count == 1)
      }
    }

    private func alerts(_ suite: RunningSuite) async throws -> Monitor.ListAlertsResponse {
      try await suite.channel(as: People.pusher).call(
        Monitor.API.listAlerts, Monitor.ListAlertsRequest(model: SmallModel.name))
    }

    @Test func `what a model was asked is shown to nobody whose key is for another model`()
      async throws
    {
      try await withFreshSuite { suite in
        try await SmallModel(on: suite).serve()
        _ = try await suite.client(as: People.pusher).infer(SmallModel.request)
        try await waitForRows(1, suite)
        try await suite.makeKey(of: "other", roles: ["developer"], model: "another-one")
        for verb in [
          ["monitor", "export", SmallModel.name], ["drift", SmallModel.name],
          ["quality", SmallModel.name], ["monitor", "show", SmallModel.name],
          ["monitor", "baseline", "take", SmallModel.name],
          ["monitor", "label", SmallModel.name, "--request", "r", "--value", "1"],
        ] {
          let refused = try await suite.slipway(verb, as: "other")
          #expect(refused.status == 3, "\(verb): \(refused.output)")
        }
        let own = try await suite.slipway("monitor", "show", as: "other").succeeded()
        #expect(!own.contains(SmallModel.name))
        // Nobody but a gateway tells of calls.
        let stranger = try suite.channel()
        do {
          _ = try await stranger.call(Monitor.API.record, Monitor.RecordRequest())
          Issue.record("a client told the monitor of a call")
        } catch let error as RPCError {
          #expect([.permissionDenied, .unimplemented].contains(error.code))
        }
      }
    }

    // MARK: Calls

    /// Rows of the model's inputs; one of them moved far away.
    private static func inputs(seed: UInt64, drifted: Int? = nil) -> [[Float]] {
      var state = seed
      func unit() -> Float {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(state >> 40) / Float(1 << 24)
      }
      return (0..<count).map { _ in
        var row = (0..<width).map { _ in unit() }
        if let drifted { row[drifted] += 2 }
        return row
      }
    }

    /// Calls the model with each row.
    ///
    /// - Returns: the class that it named, by request id.
    private func call(
      _ suite: RunningSuite, _ rows: [[Float]], prefix: String
    ) async throws -> [String: Int] {
      let client = try suite.client(as: People.pusher)
      var answers: [String: Int] = [:]
      for (index, row) in rows.enumerated() {
        let request = InferenceRequest(
          model: SmallModel.name, id: "\(prefix)-\(index)",
          inputs: [Tensor("x", shape: [1, Self.width], row)], timeout: .seconds(30))
        let result = try await client.infer(request)
        guard case .fp32(let probabilities)? = result.outputs.first?.elements else {
          throw StepFailure("the model gave no numbers")
        }
        answers[request.id] = probabilities[1] > probabilities[0] ? 1 : 0
      }
      return answers
    }

    /// Three of four answers were right; one label is corrected later.
    private func label(_ suite: RunningSuite, _ answers: [String: Int]) async throws {
      let file = suite.folder.home.appending(path: "labels.csv")
      var lines = ["request_id,label"]
      var right = 0
      for (place, (request, answer)) in answers.sorted(by: { $0.key < $1.key }).enumerated() {
        let isRight = place % 4 != 0
        right += isRight ? 1 : 0
        lines.append("\(request),\(isRight ? answer : 1 - answer)")
      }
      try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
      for expected in ["\"added\" : \(answers.count)", "\"known\" : \(answers.count)"] {
        let told = try await suite.slipway(
          "monitor", "label", SmallModel.name, file.path, "--json", as: People.pusher
        ).succeeded()
        #expect(told.contains(expected), "\(told)")
      }
      let report = try await suite.channel(as: People.pusher).call(
        Monitor.API.getQuality,
        Monitor.GetQualityRequest(window: Monitor.Window(model: SmallModel.name)))
      #expect(report.labelled == UInt64(answers.count))
      let accuracy = try #require(report.measures.first { $0.name == "accuracy" })
      #expect(accuracy.value == Double(right) / Double(answers.count))
      #expect(accuracy.low < 0.75 && accuracy.high > 0.75)
      let shown = try await suite.slipway("quality", SmallModel.name, as: People.pusher).succeeded()
      #expect(shown.contains("accuracy\t0.750"))
      let csv = try await suite.slipway(
        "monitor", "export", SmallModel.name, "--format", "csv", "--labelled", as: People.pusher
      ).succeeded()
      #expect(csv.split(separator: "\n").count == answers.count + 1)
      let events = try await suite.slipway(
        "monitor", "export", SmallModel.name, "--rows", "3", as: People.pusher
      ).succeeded()
      #expect(events.split(separator: "\n").count == 3)
      #expect(events.contains("\"specversion\":\"1.0\""))
    }

    // MARK: What the monitor says

    private func drift(_ suite: RunningSuite) async throws -> Monitor.DriftReport {
      try await suite.channel(as: People.pusher).call(
        Monitor.API.getDrift,
        Monitor.GetDriftRequest(
          window: Monitor.Window(model: SmallModel.name, rowsMax: UInt32(Self.count))))
    }

    private func summary(_ suite: RunningSuite) async throws -> Monitor.VersionSummary {
      let response = try await suite.channel(as: People.pusher).call(
        Monitor.API.summarize,
        Monitor.SummarizeRequest(window: Monitor.Window(model: SmallModel.name)))
      return response.versions.first ?? Monitor.VersionSummary()
    }

    /// Waits until the monitor has so many calls with their inputs and outputs.
    private func waitForRows(_ count: Int, _ suite: RunningSuite) async throws {
      _ = try await eventually("the monitor to have \(count) rows", within: .seconds(120)) {
        (try? await summary(suite))?.rows ?? 0 >= UInt64(count) ? true : nil
      }
    }
  }
}
