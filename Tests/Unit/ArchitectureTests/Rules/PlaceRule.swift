/// No file names a place that exists on one machine or in one workplace only, or a registry's host:
/// where packages come from is set on the machine that fetches them.
enum PlaceRule {
  // Put together from pieces so that this file passes its own rule.
  private static let folders = ["work", "root", "home", "opt/swift"].map { "/" + $0 + "/" }
  private static let hosts = [
    ["pypi", "org"], ["pythonhosted", "org"], ["deb", "debian", "org"], ["npmjs", "org"],
    ["proxy", "golang", "org"], ["crates", "io"], ["artifactory", ""], ["jfrog", ""],
    ["nexus", ""],
  ].map { $0.joined(separator: ".") }

  static func findings(in text: String, of file: String) -> [String] {
    let paths = folders.filter { folder in
      text.ranges(of: folder).contains { range in
        // In `Tests/work/` and `example.com/work/` it is a part of something else.
        range.lowerBound == text.startIndex
          || !isPartOfName(text[text.index(before: range.lowerBound)])
      }
    }
    return paths.map { "\(file): names a path of one machine, `\($0)`" }
      + hosts.filter { text.contains($0) }.map { "\(file): names a registry's host, `\($0)`" }
  }

  private static func isPartOfName(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || "._-/}".contains(character)
  }
}
