/// Why a call got no answer from the model.
package enum InferenceFailure: Error, Sendable, Equatable {
  case refused(QueueRefusal)
  case dropped(DropCause)
  case engine(EngineError)
}
