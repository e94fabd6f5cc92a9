package import Wire

extension FrameHeader {
  /// Credit that a frame takes from its sender: its body after decompression, and what even an empty
  /// message costs the one who keeps it. An end without a body is free, whoever sends it, so that bad
  /// news always gets through.
  package var creditCost: Int {
    switch kind {
    case .end where bodyByteCount == 0: 0
    case .message where bodyByteCount == 0 && flags.contains(.end) && !flags.contains(.more): 0
    case .call, .message, .end: bodyByteCount + Self.creditSurcharge
    default: 0
    }
  }

  package static let creditSurcharge = 64
}
