/// What can be fuzzed. Each checks one input against what must hold for every input.
package enum FuzzTarget: String, CaseIterable, Sendable {
  /// The frame decoder, the decompressor and the heads behind it.
  case frames
  /// Every message of the contracts; the input's first byte picks which.
  case messages
  /// Fails on one input of four bytes: fuzzing that does not find it is broken.
  case canary

  /// - Returns: what did not hold, `nil` if all did. A crash says it as well.
  package func violation(in bytes: [UInt8]) -> String? {
    switch self {
    case .frames: FrameCheck.violation(in: bytes)
    case .messages: MessageCheck.violation(in: bytes)
    case .canary: CanaryCheck.violation(in: bytes)
    }
  }
}
