/// Why an engine could not do what it was asked.
package struct EngineError: Error, Sendable, Equatable {
  package enum Code: Sendable, Equatable {
    /// The engine's own library is not there or is not one that we can use. Not worth a retry.
    case engineMissing
    case invalidOptions
    /// There is no readable file at the model's path.
    case modelMissing
    /// The file is not a model, or is damaged.
    case modelInvalid
    /// A sound model with something that this engine or Slipway can't serve.
    case modelUnsupported
    /// The request does not fit the model. `RequestValidator` finds most such faults earlier and
    /// says more.
    case invalidRequest
    /// The model failed on this request; the same request will most likely fail again.
    case runFailed
    /// The call was ended by `RunTerminator.terminate()`.
    case terminated
  }

  package var code: Code
  /// For the caller: what is wrong and what was expected.
  package var message: String
  /// The engine's own words, for the log only: may name paths and internals.
  package var cause: String?

  package init(_ code: Code, _ message: String, cause: String? = nil) {
    self.code = code
    self.message = message
    self.cause = cause
  }
}

extension EngineError: CustomStringConvertible {
  /// For the log: message and cause.
  package var description: String { cause.map { "\(message): \($0)" } ?? message }
}
