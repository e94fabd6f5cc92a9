internal import Contracts
internal import Foundation
internal import RPC
internal import SlipwayClient
internal import Synchronization

/// Changes under load, without one failed request.
extension MainJob {
  private static let canaryWeight = 10

  func rollOut() async throws -> [String] {
    let version = try await push(
      card: Self.card(limitations: "Files of fewer than 8 bytes, and what is new since 2025."))
    try expect(version.number == 2, "the second push made version \(version.number)")
    for approver in People.approvers {
      try await suite.slipway("approve", Self.model, "2", "--identity", approver, as: approver)
        .succeeded()
    }
    let (share, report) = try await Load.during(sample(), on: client()) { load in
      try await load.more(50)
      try await change("canary", Self.model, "2", "--weight", "\(Self.canaryWeight)")
      let share = try await canaryShare(load)
      try await change("promote", Self.model, "2")
      try await onlyAnswers("2", load)
      try await change("rollback", Self.model, "--reason", "to show that it works")
      try await onlyAnswers("1", load)
      return share
    }
    try report.expectNoFailure()
    let target = Double(Self.canaryWeight) / 100
    try expect(
      (target / 3...target * 3).contains(share),
      "the canary answered \(percent(share)) of the requests: expected about \(percent(target))")
    return [
      "the canary took \(percent(share)) of the calls; then version 2 took all, then version 1 again",
      summary(report),
    ]
  }

  func killWorker() async throws -> [String] {
    let (victim, report) = try await Load.during(sample(), on: client(), inFlight: 6) { load in
      try await change("workers", "scale", Self.model, "--replicas", "3")
      try await load.more(50)
      let workers = try await serving(1)
      try expect(workers.count == 3, "expected 3 workers, \(workers.count) serve")
      let victim = workers[0]
      try suite.killNow(Int32(victim.processID))
      try await load.more(50)
      _ = try await eventually("another worker in place of the killed one") {
        let now = try await serving(1)
        let isReplaced = now.count == 3 && !now.contains { $0.workerID == victim.workerID }
        return isReplaced ? true : nil
      }
      try await load.more(50)
      return victim
    }
    try report.expectNoFailure()
    return [
      "\(victim.workerID) was killed (process \(victim.processID)) and another took its place",
      summary(report),
    ]
  }

  func show() async throws -> [String] {
    let channel = try suite.channel(as: People.pusher)
    // What is counted is flushed once a second.
    let usage = try await eventually("the usage of the client's key") {
      try await channel.call(Gateway.API.getUsage, Gateway.GetUsageRequest()).usage.first {
        $0.principal == People.client && $0.model == Self.model && $0.requests > 0
      }
    }
    let model = try await registered()
    let status = try await channel.call(Gateway.API.getStatus, Gateway.GetStatusRequest())
    let latency = status.latency.filter { $0.model == Self.model }.sorted {
      $0.version < $1.version
    }
    try expect(!latency.isEmpty, "the gateway knows no latency of `\(Self.model)`")
    try expect(model.versions.count == 2, "expected 2 versions, found \(model.versions.count)")
    let approvals = model.versions.map { "\($0.number) (\($0.approvals.count) approvals)" }
    let workers = model.leases.map { "\($0.workerID) \($0.state)" }.sorted()
    return [
      "usage of \(usage.principal): \(usage.requests) calls, \(usage.failures) failed, "
        + "\(bytes(usage.requestBytes)) in, \(bytes(usage.responseBytes)) out",
      "versions: \(approvals.joined(separator: ", "))",
      "workers: \(workers.joined(separator: ", "))",
    ]
      + latency.map {
        "version \($0.version): \($0.requests) calls, \($0.failures) failed, "
          + "p50 \(short(.nanoseconds(Int64($0.p50)))), p99 \(short(.nanoseconds(Int64($0.p99))))"
      }
  }

  private func change(_ arguments: String...) async throws {
    try await suite.slipway(arguments + ["--wait"], as: People.pusher, within: .seconds(130))
      .succeeded()
  }

  private func sample() throws(StepFailure) -> [InferenceRequest] {
    let sample = findings.withLock { $0.sample }
    try expect(!sample.isEmpty, "there is nothing to ask: an earlier step did not hold")
    return sample
  }

  /// Share of version 2 among the next answers. With 400 of them and 10 %, less than a third or more
  /// than three times that is beyond six standard deviations.
  private func canaryShare(_ load: Load) async throws -> Double {
    let before = load.soFar
    try await load.more(400, within: .seconds(120))
    let after = load.soFar
    let canary = after.versions["2", default: 0] - before.versions["2", default: 0]
    let all = after.versions.values.reduce(0, +) - before.versions.values.reduce(0, +)
    return Double(canary) / Double(max(1, all))
  }

  /// Waits until a hundred answers in a row come from this version.
  private func onlyAnswers(_ version: String, _ load: Load) async throws {
    _ = try await eventually("only version \(version) to answer", within: .seconds(90)) {
      let before = load.soFar
      try await load.more(100)
      let after = load.soFar
      let others = after.versions.filter { name, count in
        name != version && count != before.versions[name, default: 0]
      }
      return others.isEmpty ? true : nil
    }
  }

  private func summary(_ report: LoadReport) -> String {
    "\(report.requests) calls meanwhile, \(report.failureCount) failed, "
      + "p50 \(short(report.latency(atMost: 0.5))), p99 \(short(report.latency(atMost: 0.99)))"
  }

  private func bytes(_ count: UInt64) -> String {
    Int64(clamping: count).formatted(.byteCount(style: .file))
  }
}
