/// Decision records and the list of dependencies keep their form.
enum DocumentRule {
  static let decisionSections = [
    "## Context", "## Decision", "## Consequences", "## What would change our mind",
  ]

  /// `name` is the file's name: `0001-one-process-per-version.md`.
  static func findings(decision text: String, named name: String) -> [String] {
    guard let match = name.wholeMatch(of: /(\d{4})-[a-z0-9]+(?:-[a-z0-9]+)*\.md/) else {
      return ["\(name): a decision record is called NNNN-words-of-the-title.md"]
    }
    var findings: [String] = []
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if !text.hasPrefix("# \(match.1): ") {
      findings.append("\(name): the first line must be `# \(match.1): ` and the title")
    }
    let sections = lines.filter { $0.hasPrefix("## ") }.map(String.init)
    if sections != decisionSections {
      findings.append("\(name): its sections must be \(decisionSections.joined(separator: ", "))")
    }
    if lines.count > LengthRule.decisionLinesMax {
      findings.append("\(name): longer than a page of \(LengthRule.decisionLinesMax) lines")
    }
    return findings
  }

  /// No two records have one number.
  static func findings(decisionNames names: [String]) -> [String] {
    Dictionary(grouping: names) { $0.prefix(4) }.values.filter { $0.count > 1 }.map {
      "\($0.sorted().joined(separator: ", ")): have the same number"
    }
  }

  /// Each `.package(url:` has one full row in dependencies.md, and each row its package.
  static func findings(manifest: String, dependencies document: String) -> [String] {
    let used = Set(manifest.matches(of: /\.package\(\s*url: "([^"]+)"/).map { String($0.1) })
    let rows = document.matches(of: /(?m)^\| \[[^\]]+\]\(([^)]+)\) \|[^|]+\|[^|]+\|[^|]+\|$/)
    let described = Set(rows.map { String($0.1) })
    return used.subtracting(described).sorted().map {
      "dependencies.md: no full row (what for, licence, alternatives) for \($0)"
    }
      + described.subtracting(used).sorted().map {
        "dependencies.md: describes \($0), which Package.swift does not use"
      }
  }
}
