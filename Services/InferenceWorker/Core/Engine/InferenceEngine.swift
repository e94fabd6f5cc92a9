/// What can load and run models of some format: ONNX Runtime today, others beside it.
package protocol InferenceEngine: Sendable {
  /// Lower case, as in metrics: `onnxruntime`.
  var name: String { get }
  /// The library's version: `1.28.0`.
  var version: String { get }
  /// Of the model files that it loads, lower case, without the dot: `onnx`.
  var fileExtensions: Set<String> { get }
  /// What it can compute floating point in.
  var precisions: Set<EngineOptions.Precision> { get }

  /// Loads a model. Blocks, for seconds with large models: never on the cooperative pool.
  ///
  /// The file must be trusted (its digest verified, probed in a process of its own): an engine
  /// returns errors for damaged files but may abort the process on hostile ones. Files beside it
  /// that it refers to are read too.
  /// - Throws: `invalidOptions`, `modelMissing`, `modelInvalid`, `modelUnsupported`.
  func load(modelFile path: String, options: EngineOptions) throws(EngineError) -> any LoadedModel
}

extension InferenceEngine {
  package var precisions: Set<EngineOptions.Precision> { [.fp32] }
}

/// A model in memory; releasing the last reference unloads it.
package protocol LoadedModel: AnyObject, Sendable {
  /// What the loaded model itself says.
  var signature: ModelSignature { get }

  /// Runs the model once. Blocks for the whole computation: never on the cooperative pool. Any
  /// number of threads may call at once.
  /// - Parameters:
  ///   - inputs: all inputs in any order, as `RequestValidator` lets them pass. An engine stays
  ///     memory-safe if they are not, but its errors say less.
  ///   - outputs: the names wanted; empty means all of `signature.outputs`.
  ///   - terminator: ends this call from another thread; a fresh one for each call, or nil.
  /// - Returns: the outputs in the order of the names. They own their contents.
  /// - Throws: `invalidRequest`, `runFailed`, `terminated`.
  func run(
    _ inputs: [Tensor], outputs: [String], terminator: RunTerminator?
  ) throws(EngineError) -> [Tensor]
}

extension LoadedModel {
  /// Runs the model for all outputs, with no way to end the call early.
  package func run(_ inputs: [Tensor]) throws(EngineError) -> [Tensor] {
    try run(inputs, outputs: [], terminator: nil)
  }
}
