internal import Base

/// One admitted call on its way through the engine, and who waits for it.
struct EngineCall: Sendable {
  let inputs: [Tensor]
  let outputs: [String]
  let admittedAt: MonotonicInstant
  let deadline: MonotonicInstant
  let terminator: RunTerminator
  let continuation: CheckedContinuation<Result<[Tensor], InferenceFailure>, Never>
  /// Why it was ended early, once it was.
  var endedFor: DropCause?
}
