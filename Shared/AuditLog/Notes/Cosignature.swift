/// A witness's signature over a checkpoint, with its time (C2SP tlog-cosignature, Ed25519).
struct Cosignature: Sendable, Hashable {
  /// Seconds since 1970.
  let time: UInt64
  let signature: [UInt8]

  init(time: UInt64, signature: [UInt8]) {
    self.time = time
    self.signature = signature
  }

  init?(bytes: [UInt8]) {
    guard bytes.count == 72 else { return nil }
    time = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    signature = Array(bytes.dropFirst(8))
    guard time <= UInt64(Int64.max) else { return nil }
  }

  var bytes: [UInt8] {
    stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: time >> UInt64($0)) }
      + signature
  }

  /// What is signed, over the text of a note.
  func message(_ text: [UInt8]) -> [UInt8] { Self.message(time: time, text) }

  static func message(time: UInt64, _ text: [UInt8]) -> [UInt8] {
    Array("cosignature/v1\ntime \(time)\n".utf8) + text
  }
}
