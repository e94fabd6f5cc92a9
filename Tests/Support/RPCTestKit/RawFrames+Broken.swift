internal import Wire

extension RawFrames {
  /// What breaks the protocol after a handshake: its name, the bytes, and what the go-away says of them.
  package static let broken: [(String, [UInt8], String)] = [
    ("an unknown kind", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x33, 0], "kind 51 is unknown"),
    ("unknown flags", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0xF0], "flags 240"),
    (
      "a giant length", [0xFF, 0xFF, 0xFF, 0x7F, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0x02, 0],
      "over the limit"
    ),
    (
      "a bomb", [1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F, 1, 0, 0, 0, 0, 0, 0x02, 0x01, 0],
      "over the limit"
    ),
    ("a long head", [1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0x02, 0, 0], "longer than"),
    ("a short body", [1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0x02, 0, 0], "declares a body"),
    ("a call without a stream", RawFrames.frame(.call, stream: 0), "`call` frame came"),
    (
      "a call whose head is no message", RawFrames.frame(.call, stream: 4, head: [0x0B]),
      "head of a `call`"
    ),
    ("an end from a client", RawFrames.frame(.end, stream: 4), "`end` frame came"),
    ("a second hello", RawFrames.hello(), "`hello` frame came"),
    ("a second proof", RawFrames.proof("key-admin"), "`proof` frame came"),
    ("a server's frame", RawFrames.frame(.ready), "`ready` frame came"),
  ]
}
