/// A ModelInfer request as tensors.
package struct InferCall: Sendable, Equatable {
  /// The caller's own name for the request; echoed.
  package var id: String
  package var inputs: [Tensor]
  /// The names wanted; empty means all.
  package var outputs: [String]
  package var form: ContentsForm
  /// The `timeout` parameter: a limit of the caller besides the deadline of its call.
  package var timeout: Duration?
}
