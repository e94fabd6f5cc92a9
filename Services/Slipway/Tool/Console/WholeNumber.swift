internal import ArgumentParser

/// A number on the command line that counts something.
enum WholeNumber {
  /// - Throws: `ValidationError` that says what is expected.
  static func parse(_ argument: String) throws -> UInt32 {
    guard let number = UInt32(argument) else {
      throw ValidationError("expected a whole number from 0 to \(UInt32.max)")
    }
    return number
  }
}
