/// Bytes that break the protocol. The connection they came from can't go on.
package enum WireError: Error, Sendable, Hashable, CustomStringConvertible {
  case preface
  case headLongerThanPayload(head: Int, payload: Int)
  case payloadTooLarge(byteCount: Int, max: Int)
  case bodyTooLarge(byteCount: Int, max: Int)
  case bodyLengthMismatch(declared: Int, actual: Int)
  case emptyCompressedBody
  case unknownKind(UInt8)
  case unknownFlags(UInt8)
  case malformedHead(FrameKind)
  case corruptCompression(String)
  case unexpectedFrame(FrameKind, state: String)
  case creditExceeded

  package var description: String {
    switch self {
    case .preface:
      "the connection did not start with the 8 bytes `SLIPWAY` and 1"
    case .headLongerThanPayload(let head, let payload):
      "frame head of \(head) bytes is longer than its payload of \(payload) bytes"
    case .payloadTooLarge(let count, let max):
      "frame payload of \(count) bytes is over the limit of \(max) bytes"
    case .bodyTooLarge(let count, let max):
      "frame body of \(count) bytes is over the limit of \(max) bytes"
    case .bodyLengthMismatch(let declared, let actual):
      "frame declares a body of \(declared) bytes but holds \(actual) bytes"
    case .emptyCompressedBody:
      "frame is marked compressed but has no body"
    case .unknownKind(let kind):
      "frame kind \(kind) is unknown and not marked as ignorable"
    case .unknownFlags(let flags):
      "frame flags \(flags) are unknown"
    case .malformedHead(let kind):
      "head of a `\(kind)` frame is not the message that PROTOCOL.md names"
    case .corruptCompression(let reason):
      "frame body can't be decompressed: \(reason)"
    case .unexpectedFrame(let kind, let state):
      "`\(kind)` frame came while \(state)"
    case .creditExceeded:
      "a frame with a body came without credit of the connection"
    }
  }
}
