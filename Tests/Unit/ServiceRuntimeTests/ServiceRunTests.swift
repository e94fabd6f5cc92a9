import RPC
import RPCTestKit
import Testing

@testable import ServiceRuntime

@Suite struct ServiceRunTests {
  private struct Fault: Error, CustomStringConvertible {
    let description = "the disk is gone"
  }

  /// Runs a service with this background work until it ends.
  private func run(_ background: [BackgroundWork]) async throws {
    let house = try await RuntimeHouse()
    var assembly = ServiceAssembly(router: TestService().router)
    assembly.background = background
    let ended = Events()
    assembly.onDrain = { ended.send("drained") }
    assembly.onEnd = { ended.send("ended") }
    let result: Result<Void, any Error>
    do {
      try await ServiceRun(
        server: house.server, operations: IdleService(), assembly: assembly,
        drainGrace: .seconds(5)
      ).run(signals: [])
      result = .success(())
    } catch {
      result = .failure(error)
    }
    #expect(await ended.next() == "drained")
    #expect(await ended.next() == "ended")
    try result.get()
  }

  @Test("work that returns although nobody asked ends the service with an error, after a drain")
  func returns() async throws {
    let error = await #expect(throws: BackgroundWorkEnded.self) {
      try await run([
        BackgroundWork("keeping the books") {},
        BackgroundWork("waiting") { await untilCancelled() },
      ])
    }
    #expect(error?.description.hasPrefix("keeping the books ended although nobody") == true)
  }

  @Test("work that throws ends the service with what it said")
  func throwing() async throws {
    let error = await #expect(throws: BackgroundWorkEnded.self) {
      try await run([BackgroundWork("keeping the books") { throw Fault() }])
    }
    #expect(error?.description.contains("the disk is gone") == true)
  }

  @Test("work that may end the service ends it well, and the other work is cancelled")
  func wish() async throws {
    let cancelled = Events()
    try await run([
      BackgroundWork("holding the lease", ending: .endsService) {},
      BackgroundWork("waiting") {
        await untilCancelled()
        cancelled.send("cancelled")
      },
    ])
    #expect(await cancelled.next() == "cancelled")
  }

  private func untilCancelled() async {
    // Ends when its task is cancelled, and not before.
    _ = await Events().next()
  }
}
