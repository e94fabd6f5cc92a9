/// The rule for paths of files in a version: relative, with `/`, and the same file on every system.
enum FilePathRule {
  static let bytesMax = 512

  static func check(_ path: String) throws(RegistryError) {
    let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    let isWellFormed =
      (1...bytesMax).contains(path.utf8.count) && path.utf8.allSatisfy(isAllowed)
      && parts.allSatisfy { part in
        !part.isEmpty && !part.elementsEqual(".".utf8) && !part.elementsEqual("..".utf8)
      }
    guard isWellFormed else {
      throw .invalid(
        "file path `\(NameRule.excerpt(path))`: expected a relative path of at most \(bytesMax) "
          + "bytes with `/` between its parts, no part `.` or `..`, no `\\`, no control character")
    }
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte != 0x7f && byte != UInt8(ascii: "\\")
  }
}
