package import SlipwayClient

/// A model that computes for minutes in one operator when it is asked for much: suppression of overlapping
/// boxes compares each box with all that were kept, and nothing ends it in between.
package enum EndlessModel {
  package static let name = "endless"
  /// Of boxes that do not overlap: minutes on any processor of today.
  private static let boxesMany = 500_000

  /// A call that is answered at once.
  package static func quick(timeout: Duration) -> InferenceRequest {
    request(boxes: 2, timeout: timeout)
  }

  /// A call that is never answered.
  package static func endless(timeout: Duration) -> InferenceRequest {
    request(boxes: boxesMany, timeout: timeout)
  }

  private static func request(boxes: Int, timeout: Duration) -> InferenceRequest {
    let corners = (0..<boxes).flatMap { index -> [Float] in
      let start = Float(2 * index)
      return [start, start, start + 1, start + 1]
    }
    return InferenceRequest(
      model: name,
      inputs: [
        Tensor("boxes", shape: [1, boxes, 4], corners),
        Tensor("scores", shape: [1, 1, boxes], [Float](repeating: 0.5, count: boxes)),
      ], timeout: timeout)
  }
}
