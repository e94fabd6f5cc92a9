/// Files that can be read in one sitting. Lists of exceptions only shrink: a file that got shorter
/// must be listed with its new length, or not at all.
enum LengthRule {
  static let sourceLinesMax = 400
  static let mainLinesMax = 40
  static let scriptLinesMax = 60
  static let decisionLinesMax = 80
  static let baseFilesMax = 10

  /// Sources longer than `sourceLinesMax`, with their length.
  static let exceptions: [String: Int] = [:]

  /// Written by `scripts/generate`, read by nobody.
  private static let generated = "Shared/Contracts/Generated/"

  /// Holds one Swift source against its limit and against its place in `exceptions`.
  static func findings(lines: Int, of file: String, exceptions: [String: Int]) -> [String] {
    if file.hasPrefix(generated) { return [] }
    let limit = isMain(file) ? mainLinesMax : sourceLinesMax
    guard let listed = exceptions[file] else {
      return lines <= limit ? [] : ["\(file): \(lines) lines, at most \(limit) are allowed"]
    }
    if lines > listed { return ["\(file): grew from \(listed) to \(lines) lines; split it"] }
    if lines < listed { return ["\(file): is down to \(lines) lines; say so in LengthRule"] }
    return lines <= limit ? ["\(file): is no exception any more; take it out of LengthRule"] : []
  }

  static func findings(lines: Int, ofScript file: String) -> [String] {
    lines <= scriptLinesMax
      ? [] : ["\(file): \(lines) lines, a script has at most \(scriptLinesMax)"]
  }

  /// `Base` is not the place for whatever two targets share.
  static func findings(baseFiles: [String]) -> [String] {
    baseFiles.count <= baseFilesMax
      ? [] : ["Shared/Base: \(baseFiles.count) files, at most \(baseFilesMax) are allowed"]
  }

  /// `Services/<Service>/Main/<file>`
  static func isMain(_ file: String) -> Bool {
    let parts = file.split(separator: "/")
    return parts.count >= 4 && parts[0] == "Services" && parts[2] == "Main"
  }
}
