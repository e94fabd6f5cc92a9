/// One `import` of a Swift source: its modifiers (access level, `@testable`, `@_spi(X)`) and the
/// module, which for `import struct X.Y` is `X`.
struct ImportLine: Equatable {
  let modifiers: [String]
  let module: String

  /// Every import of a source, in order. Comments and string literals are not looked into.
  static func all(in source: String) -> [ImportLine] {
    var found: [ImportLine] = []
    var modifiers: [String] = []
    let statements = SourceText.code(of: source).split { $0.isNewline || $0 == ";" }
    for statement in statements {
      var words = statement.split(whereSeparator: \.isWhitespace)[...]
      while let word = words.first, word.hasPrefix("@") || accessLevels.contains(String(word)) {
        modifiers.append(String(word))
        words.removeFirst()
      }
      // Modifiers may stand on a line of their own, above what they modify.
      guard let keyword = words.popFirst() else { continue }
      if keyword == "import", let module = module(in: words) {
        found.append(ImportLine(modifiers: modifiers, module: module))
      }
      modifiers = []
    }
    return found
  }

  private static let accessLevels: Set = [
    "public", "package", "internal", "fileprivate", "private",
  ]
  private static let kinds: Set = [
    "struct", "class", "enum", "protocol", "typealias", "func", "var", "let", "actor",
  ]

  private static func module(in words: ArraySlice<Substring>) -> String? {
    var words = words
    if let kind = words.first, kinds.contains(String(kind)) { words.removeFirst() }
    guard let name = words.first?.split(separator: ".").first else { return nil }
    return name.filter { $0 != "`" }
  }
}
