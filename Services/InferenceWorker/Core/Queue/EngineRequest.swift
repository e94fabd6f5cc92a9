internal import Base

/// What a caller asks of the engine.
struct EngineRequest: Sendable {
  /// As `RequestValidator` lets them pass.
  let inputs: [Tensor]
  /// The names wanted; empty means all.
  let outputs: [String]
  /// 0 is normal; higher is served first.
  let priority: UInt32
  let deadline: MonotonicInstant
  /// Who calls, as far as turns are shared among callers.
  let sharingKey: UInt64
  let waiter: EngineCall.Waiter
}
