import InferenceWorkerCore
import Testing

@Suite struct WakeSignalTests {
  @Test func `a wake that comes before the wait is kept, once`() async {
    let signal = WakeSignal()
    signal.wake()
    signal.wake()
    await signal.wait()
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await signal.wait() }
      group.addTask { signal.wake() }
    }
  }

  @Test func `a cancelled wait returns and a later one works`() async {
    let signal = WakeSignal()
    await withTaskGroup(of: Void.self) { group in
      group.cancelAll()
      group.addTask { await signal.wait() }
    }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await signal.wait() }
      group.cancelAll()
    }
    signal.wake()
    await signal.wait()
  }
}
