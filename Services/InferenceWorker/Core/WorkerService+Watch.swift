internal import Base
internal import Foundation

extension WorkerService {
  /// ``start()``, with an eye on the engine.
  package func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.endIfHung() }
      await start()
      group.cancelAll()
    }
  }

  /// Ends the process if a run of the engine hangs; whoever keeps it starts another one.
  ///
  /// At once and without a drain: the thread in the engine would keep any other end from coming.
  private func endIfHung() async {
    await watchEngine()
    guard !Task.isCancelled else { return }
    try? FileHandle.standardError.write(
      contentsOf: Data("inference-worker: the engine hangs and can't be ended otherwise\n".utf8))
    _exit(ServiceExitStatus.failed.rawValue)
  }
}
