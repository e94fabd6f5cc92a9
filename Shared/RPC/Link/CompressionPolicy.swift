/// Decides which bodies are worth trying to compress.
///
/// Where a body did not get smaller, the next ones are sent as they are, twice as many each time: float
/// tensors cost almost nothing, and a stream that turns to text is found again.
package struct CompressionPolicy: Sendable {
  package var isAllowed: Bool
  private var skip = 0
  private var skipNext = 1
  private static let skipMax = 256

  package init(isAllowed: Bool) {
    self.isAllowed = isAllowed
  }

  package mutating func shouldTry(byteCount: Int) -> Bool {
    guard isAllowed, byteCount >= FrameCompression.thresholdByteCount else { return false }
    guard skip == 0 else {
      skip -= 1
      return false
    }
    return true
  }

  package mutating func tried(paid: Bool) {
    if paid {
      skipNext = 1
    } else {
      skip = skipNext
      skipNext = min(skipNext * 2, Self.skipMax)
    }
  }
}
