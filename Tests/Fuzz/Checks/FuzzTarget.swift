/// What can be fuzzed. Each checks one input against what must hold for every input.
package enum FuzzTarget: String, CaseIterable, Sendable {
  /// The frame decoder, the decompressor and the heads behind it.
  case frames
  /// Both sides of a connection from its first byte; the input's first byte picks the side.
  case handshake
  /// Both sides behind a handshake: sequences of frames, and time.
  case streams
  /// Every message of the contracts; the input's first byte picks which.
  case messages
  /// Fails on one input of four bytes: fuzzing that does not find it is broken.
  case canary

  /// - Returns: what did not hold, `nil` if all did. A crash says it as well.
  package func violation(in bytes: [UInt8]) -> String? {
    switch self {
    case .frames: FrameCheck.violation(in: bytes)
    case .handshake: side(of: bytes, isReady: false)
    case .streams: side(of: bytes, isReady: true)
    case .messages: MessageCheck.violation(in: bytes)
    case .canary: CanaryCheck.violation(in: bytes)
    }
  }

  private func side(of bytes: [UInt8], isReady: Bool) -> String? {
    let rest = Array(bytes.dropFirst())
    return (bytes.first ?? 0) & 1 == 0
      ? ServerCheck.violation(in: rest, isReady: isReady)
      : ClientCheck.violation(in: rest, isReady: isReady)
  }
}
