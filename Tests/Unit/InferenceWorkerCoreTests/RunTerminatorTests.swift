import InferenceWorkerCore
import Synchronization
import Testing

@Suite struct RunTerminatorTests {
  @Test func `ending a call before it starts keeps it from starting`() {
    let terminator = RunTerminator()
    terminator.terminate()
    let started = Mutex(false)
    #expect(throws: RunTerminator.terminated) {
      try terminator.run(stop: {}) { () throws(EngineError) in started.withLock { $0 = true } }
    }
    #expect(!started.withLock { $0 })
    #expect(terminator.isTerminated)
  }

  @Test func `ending a running call stops the engine once`() throws {
    let terminator = RunTerminator()
    let stops = Mutex(0)
    try terminator.run(stop: { stops.withLock { $0 += 1 } }) { () throws(EngineError) in
      #expect(terminator.isRunning)
      terminator.terminate()
      terminator.terminate()
    }
    #expect(stops.withLock { $0 } == 1)
    #expect(terminator.isTerminated)
    #expect(!terminator.isRunning)
  }

  @Test func `ending a finished call does nothing`() throws {
    let terminator = RunTerminator()
    let stops = Mutex(0)
    let result = try terminator.run(stop: { stops.withLock { $0 += 1 } }) {
      () throws(EngineError) in 42
    }
    terminator.terminate()
    #expect(result == 42)
    #expect(stops.withLock { $0 } == 0)
    #expect(!terminator.isTerminated)
  }

  @Test(arguments: [-1, 0, 257]) func `numbers of threads beyond the limits are refused`(
    threads: Int
  ) {
    var options = EngineOptions()
    options.intraOpThreads = threads
    let error = #expect(throws: EngineError.self) { try options.check() }
    #expect(error?.code == .invalidOptions)
    #expect(error?.message == "\(threads) intra-op threads were asked for, expected 1 to 256")
  }
}
