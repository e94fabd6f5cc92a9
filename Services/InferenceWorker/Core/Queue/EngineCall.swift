internal import Base

/// One admitted call on its way through the engine, and who waits for it.
struct EngineCall: Sendable {
  /// In the order of the model's signature.
  let inputs: [Tensor]
  let outputs: [String]
  let admittedAt: MonotonicInstant
  let deadline: MonotonicInstant
  let continuation: CheckedContinuation<Result<[Tensor], InferenceFailure>, Never>
}
