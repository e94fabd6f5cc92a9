/// How an engine runs one model. The defaults won the measurements for many small callers at once:
/// concurrency comes from the worker's own threads that call one loaded model.
package struct EngineOptions: Sendable, Equatable {
  package static let threadsMax = 256

  /// Threads that share the work of one operator, the caller's included; 1 means no further thread.
  package var intraOpThreads = 1
  /// Threads that run independent operators of one call at once, the caller's included.
  package var interOpThreads = 1
  /// Keeps freed memory for the next call. Costs memory, and slows calls that run at once.
  package var keepsFreedMemory = false
  /// Lets idle threads of the engine spin for the next call. Costs CPU while the model idles.
  package var spinsWhenIdle = false
  /// Calls that the engine prepares to run at once, where it has to be told.
  package var concurrentRuns = 1
  /// What floating point is computed in.
  package var precision = Precision.fp32

  package enum Precision: String, Sendable, Codable {
    case fp32
    /// Faster where the processor has it, and off by percents: only for who asked and saw by how much.
    case bf16
  }

  package init() {}

  /// - Throws: `invalidOptions` if a number of threads is not in 1...`threadsMax`.
  package func check() throws(EngineError) {
    for (name, threads) in [
      ("intra-op", intraOpThreads), ("inter-op", interOpThreads),
      ("concurrent", concurrentRuns),
    ] where !(1...Self.threadsMax).contains(threads) {
      throw EngineError(
        .invalidOptions,
        "\(threads) \(name) threads were asked for, expected 1 to \(Self.threadsMax)")
    }
  }
}
