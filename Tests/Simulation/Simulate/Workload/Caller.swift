import Base
import RPC
import RPCTestKit

/// Makes one call as its plan says, and writes down what came of it.
struct Caller: Sendable {
  let simulator: Simulator
  let ledger: Ledger
  let client: ClientConnection

  func run(_ plan: CallPlan) async {
    do throws(RPCError) {
      // Time counts from when the connection is there.
      try await client.waitUntilReady()
    } catch {
      return finish(plan, .failed(error.code))
    }
    ledger.entries[plan.id]?.startedAt = simulator.now
    let task = Task { await outcome(plan) }
    if let after = plan.cancelsAfter {
      simulator.schedule(after: after) { task.cancel() }
    }
    finish(plan, await task.value)
  }

  private func finish(_ plan: CallPlan, _ outcome: Ledger.Outcome) {
    ledger.entries[plan.id]?.outcomes.append(outcome)
    ledger.entries[plan.id]?.finishedAt = simulator.now
    simulator.note("call \(plan.id) \(outcome)")
  }

  private func outcome(_ plan: CallPlan) async -> Ledger.Outcome {
    do {
      switch plan.kind {
      case .unary, .onLoop, .atOnce, .later: return try await unary(plan)
      case .serverStream: return try await serverStream(plan)
      case .clientStream: return try await clientStream(plan)
      case .twoWay: return try await twoWay(plan)
      }
    } catch let error as RPCError {
      return .failed(error.code)
    } catch {
      return .wrong("\(error)")
    }
  }

  private func options(_ plan: CallPlan) -> CallOptions {
    var options = CallOptions(timeout: plan.timeout)
    options.metadata.model = Array(SimulatedService.model.utf8)
    options.metadata.requestID = Array("\(plan.id)".utf8)
    return options
  }

  private func unary(_ plan: CallPlan) async throws -> Ledger.Outcome {
    let answer = try await client.call(
      SimulatedService.method(plan.kind), plan.request(0), options: options(plan))
    return judge(answer, 0, of: plan) ?? .right
  }

  private func serverStream(_ plan: CallPlan) async throws -> Ledger.Outcome {
    let answers = try await client.stream(
      SimulatedService.method(plan.kind), plan.request(0), options: options(plan))
    return try await read(answers, of: plan)
  }

  private func clientStream(_ plan: CallPlan) async throws -> Ledger.Outcome {
    let call: ClientStreamCall<Blob, Blob> = try await client.clientStream(
      SimulatedService.method(plan.kind), options: options(plan))
    await write(plan, to: call.requests)
    return judge(try await call.response(), 0, of: plan) ?? .right
  }

  private func twoWay(_ plan: CallPlan) async throws -> Ledger.Outcome {
    let call: TwoWayStreamCall<Blob, Blob> = try await client.twoWayStream(
      SimulatedService.method(plan.kind), options: options(plan))
    async let written: Void = write(plan, to: call.requests)
    let outcome = try await read(call.responses, of: plan)
    // Who takes no more writes no more: leaving cancels the writer.
    if outcome == .right { await written }
    return outcome
  }

  /// What the call ends with, its answer says.
  private func write(_ plan: CallPlan, to writer: RequestWriter<Blob>) async {
    for index in plan.requests.indices {
      if plan.pause > .zero { await simulator.sleep(plan.pause) }
      do throws(RPCError) { try await writer.write(plan.request(index)) } catch { return }
    }
    await writer.finish()
  }

  private func read(
    _ answers: ResponseStream<Blob>, of plan: CallPlan
  ) async throws -> Ledger.Outcome {
    let count = min(plan.answers.count, plan.kind == .twoWay ? plan.readsAtMost : .max)
    var index = 0
    for try await answer in answers {
      if let fault = judge(answer, index, of: plan) { return fault }
      index += 1
      if index >= plan.takesAtMost { return .dropped }
      if plan.pause > .zero { await simulator.sleep(plan.pause) }
    }
    return index == count ? .right : .wrong("\(index) of \(count) messages, and then an end")
  }

  private func judge(_ answer: Blob, _ index: Int, of plan: CallPlan) -> Ledger.Outcome? {
    guard index < plan.answers.count else { return .wrong("message \(index), one too many") }
    guard answer != plan.answer(index) else {
      return plan.failure == nil ? nil : plan.kind.streamsAnswers ? nil : .wrong("an answer")
    }
    return .wrong(
      "message \(index) is of call \(CallPlan.id(of: answer).map(String.init) ?? "none"), "
        + "\(answer.bytes.count) bytes")
  }
}
