/// Frames of a request that wait to be passed on, oldest first.
struct FrameQueue: Sendable {
  private var frames: [ForwardedCall.Frame] = []
  /// Those before it are gone.
  private var next = 0

  var isEmpty: Bool { next == frames.count }

  var first: ForwardedCall.Frame? { isEmpty ? nil : frames[next] }

  mutating func append(_ frame: ForwardedCall.Frame) {
    frames.append(frame)
  }

  mutating func popFirst() -> ForwardedCall.Frame? {
    guard let frame = first else { return nil }
    // Its body is not to be kept until the next tidying.
    frames[next].body = []
    next += 1
    if isEmpty || next >= Self.goneMax {
      frames.removeFirst(next)
      next = 0
    }
    return frame
  }

  /// Frames that are gone before they are tidied away, so that a long queue is not moved for each.
  private static let goneMax = 1_024
}
