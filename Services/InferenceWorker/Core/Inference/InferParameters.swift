internal import Contracts

/// The parameters of the Open Inference Protocol, by what a worker does with them. A parameter that is
/// not named here is refused, so that nobody takes for granted what does not happen.
package enum InferParameters {
  /// Microseconds within which the request must be answered, as Triton's; above 0.
  package static let timeout = "timeout"

  /// Of no effect here: `priority` travels in the call's header, the `binary_…` ones tell an HTTP
  /// facade how JSON is laid out, `content_type` tells MLServer's codecs.
  package static let ignored: Set<String> = [
    "priority", "binary_data", "binary_data_output", "binary_data_size", "content_type",
  ]

  /// Reads the parameters of the request itself.
  static func timeout(
    in parameters: [Inference.InferParameterEntry]
  ) throws(InferRequestFault) -> Duration? {
    var found: Duration?
    for parameter in parameters {
      if parameter.key == timeout {
        found = try duration(parameter.value)
      } else {
        try check(parameter, place: "the request")
      }
    }
    return found
  }

  /// Refuses what is not served in a tensor's parameters.
  static func check(
    _ parameters: [Inference.InferParameterEntry], of place: @autoclosure () -> String
  ) throws(InferRequestFault) {
    guard !parameters.isEmpty else { return }
    let place = place()
    for parameter in parameters { try check(parameter, place: place) }
  }

  private static func check(
    _ parameter: Inference.InferParameterEntry, place: String
  ) throws(InferRequestFault) {
    guard ignored.contains(parameter.key) else {
      throw .unknownParameter(parameter.key, place: place)
    }
  }

  private static func duration(
    _ value: Inference.InferParameter?
  ) throws(InferRequestFault) -> Duration {
    let microseconds: Int64? =
      switch value?.parameterChoice {
      case .int64Param(let number): number
      case .uint64Param(let number): Int64(exactly: number)
      default: nil
      }
    guard let microseconds, microseconds > 0 else {
      throw .invalidParameter(timeout, expected: "a positive integer of microseconds")
    }
    return .microseconds(microseconds)
  }
}
