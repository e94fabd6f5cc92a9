import RPC
import RPCTestKit
import Wire

/// What happens to a machine of the diagrams.
enum DiagramInput: Sendable {
  case bytes([UInt8])
  case time(Duration)
  case peerCloses
  case drain
  /// The handler at the gate goes on.
  case gateOpens

  static let unknownControl = bytes([3, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xF0, 0xFF, 1, 2, 3])
  /// An unknown kind, an unknown flag, a head longer than its payload.
  static let broken = [
    bytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0]),
    bytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 8]),
    bytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2, 0]),
  ]

  static func frame(_ kind: FrameKind, stream: UInt32 = 0, head: [UInt8] = []) -> DiagramInput {
    bytes(RawFrames.frame(kind, stream: stream, head: head))
  }

  static func frames(_ kinds: [FrameKind], stream: UInt32 = 0) -> [DiagramInput] {
    kinds.map { frame($0, stream: stream) }
  }
}
