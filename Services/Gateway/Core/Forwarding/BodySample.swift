internal import Contracts
internal import RPC
internal import Wire

/// What of a sampled call's bodies is kept for the monitor, as it was sent: the monitor reads it.
struct BodySample: Sendable {
  /// Of both bodies of one call; larger ones are left out.
  static let bytesMax = 256 << 10

  private var request: [Monitor.BodyPart] = []
  private var response: [Monitor.BodyPart] = []
  private var byteCount = 0
  private var isTooLarge = false

  mutating func take(request frames: [ForwardedCall.Frame]) {
    for frame in frames where grow(by: frame.body.count) {
      request.append(
        Monitor.BodyPart(
          content: frame.body, byteCount: UInt64(frame.bodyByteCount),
          compressed: frame.flags.contains(.compressed)))
    }
  }

  mutating func add(response part: Monitor.BodyPart) {
    if grow(by: part.content.count) { response.append(part) }
  }

  /// Puts the bodies into a record; neither if one is missing or they are too large.
  func fill(_ record: inout Monitor.CallRecord) {
    guard !isTooLarge, !request.isEmpty, !response.isEmpty else { return }
    record.request = request
    record.response = response
  }

  private mutating func grow(by count: Int) -> Bool {
    byteCount += count
    guard !isTooLarge, byteCount <= Self.bytesMax else {
      isTooLarge = true
      request = []
      response = []
      return false
    }
    return true
  }
}
