/// What magika's models see of a file: its first and its last bytes (feature extraction v2 of
/// magika 1.0, `_extract_features_from_seekable`).
package enum MagikaFeatures {
  /// Length of one file's features.
  package static let count = beginCount + endCount
  private static let beginCount = 1024
  private static let endCount = 1024
  private static let blockBytes = 4096
  private static let padding: Int32 = 256
  /// Files with less to see are no work for the model.
  private static let bytesMin = 8

  /// - Returns: `[2048]` byte values, 256 where there is none; nil for a file that is too small.
  package static func make(of content: [UInt8]) -> [Int32]? {
    guard content.count >= bytesMin else { return nil }
    let begin = content.prefix(blockBytes).drop(while: isSpace).prefix(beginCount).map(Int32.init)
    var last = content.suffix(blockBytes)
    while let byte = last.last, isSpace(byte) { last.removeLast() }
    let end = last.suffix(endCount).map(Int32.init)
    guard begin.count >= bytesMin else { return nil }
    return begin + filler(beginCount - begin.count) + filler(endCount - end.count) + end
  }

  private static func filler(_ count: Int) -> [Int32] {
    Array(repeating: padding, count: count)
  }

  /// What Python's `bytes.strip` takes away.
  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0d).contains(byte)
  }
}
