internal import ArgumentParser

/// An amount of memory on the command line: a number and `M` or `G`, powers of 1024.
struct ByteSize: Sendable, Hashable {
  private static let units: [Character: UInt64] = ["M": 1 << 20, "G": 1 << 30]
  /// More than any machine has.
  private static let countMax: UInt64 = 1 << 24

  var bytes: UInt64
  /// As it is typed.
  let text: String

  /// - Throws: `ValidationError` that says how an amount is written.
  static func parse(_ argument: String) throws -> ByteSize {
    guard let unit = argument.last.flatMap({ units[$0] }),
      let count = UInt64(argument.dropLast()), (1...countMax).contains(count)
    else {
      throw ValidationError(
        "expected a whole number from 1 on with `M` or `G`, such as 512M or 8G")
    }
    return ByteSize(bytes: count * unit, text: argument)
  }

  private init(bytes: UInt64, text: String) {
    self.bytes = bytes
    self.text = text
  }
}
