/// What a frame is. Kinds with the high bit set are control frames: a receiver that does not know one
/// ignores it; any other unknown kind breaks the connection.
package enum FrameKind: UInt8, Sendable, Hashable, CaseIterable {
  case call = 0x01
  case message = 0x02
  case end = 0x03
  case cancel = 0x04
  case credit = 0x05
  case hello = 0x81
  case welcome = 0x82
  case proof = 0x83
  case ready = 0x84
  case ping = 0x85
  case pong = 0x86
  case goAway = 0x87
  case assertion = 0x88

  package static let controlBit: UInt8 = 0x80
}
