/// The CRC-32 of Ethernet and zip (ISO 3309, reflected polynomial 0xEDB88320).
enum CRC32 {
  static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var remainder: UInt32 = 0xffff_ffff
    for byte in bytes {
      remainder ^= UInt32(byte)
      for _ in 0..<8 {
        remainder = (remainder >> 1) ^ (remainder & 1 == 1 ? 0xedb8_8320 : 0)
      }
    }
    return ~remainder
  }
}
