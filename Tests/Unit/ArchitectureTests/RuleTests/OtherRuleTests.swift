import Testing

@Suite struct OtherRuleTests {
  @Test(arguments: [
    "let pointer = unsafe start + 1", "final class Box: @unchecked Sendable {}",
    "nonisolated(unsafe) var count = 0", "@safe struct Arena {}",
    "let text = \"\\(unsafe pointer.pointee)\"",
  ])
  func `an unproven word is found`(source: String) {
    #expect(UnsafeRule.findings(in: source, of: "Shared/RPC/Router.swift").count == 1)
    #expect(UnsafeRule.findings(in: source, of: "Shared/Wire/Compression/Zstd.swift") == [])
  }

  @Test(arguments: [
    "// unsafe", "let text = \"unsafe\"", "let isUnsafe = unsafely", "Range(uncheckedBounds: b)",
    "let text = #\"\\(unsafe)\"#",
    "@Test func `an unsafe name`() {}",
  ])
  func `a word that only looks unproven is not`(source: String) {
    #expect(UnsafeRule.findings(in: source, of: "Shared/RPC/Router.swift") == [])
  }

  @Test(arguments: [
    (401, "Shared/RPC/A.swift", [:]),
    (41, "Services/Gateway/Main/main.swift", [:]),
    (502, "Shared/RPC/A.swift", ["Shared/RPC/A.swift": 501]),
    (500, "Shared/RPC/A.swift", ["Shared/RPC/A.swift": 501]),
    (400, "Shared/RPC/A.swift", ["Shared/RPC/A.swift": 400]),
  ])
  func `a file that is too long or a stale exception is found`(
    lines: Int, file: String, exceptions: [String: Int]
  ) {
    #expect(LengthRule.findings(lines: lines, of: file, exceptions: exceptions).count == 1)
  }

  @Test func `a file within its limit passes`() {
    let listed = ["Shared/RPC/A.swift": 501]
    #expect(LengthRule.findings(lines: 501, of: "Shared/RPC/A.swift", exceptions: listed) == [])
    #expect(LengthRule.findings(lines: 400, of: "Shared/RPC/B.swift", exceptions: listed) == [])
    #expect(LengthRule.findings(lines: 40, of: "Services/X/Main/main.swift", exceptions: [:]) == [])
    #expect(LengthRule.findings(lines: 60, ofScript: "scripts/run") == [])
  }

  @Test func `a script and a base that grow are found`() {
    #expect(LengthRule.findings(lines: 61, ofScript: "scripts/run").count == 1)
    #expect(LengthRule.findings(baseFiles: Array(repeating: "x", count: 11)).count == 1)
  }

  @Test func `a stranger at the top level and a missing folder are found`() {
    var names = Array(LayoutRule.topLevel) + [".git", ".build", "Package.resolved"]
    #expect(LayoutRule.findings(topLevel: names) == [])
    names.append("docs")
    #expect(LayoutRule.findings(topLevel: names).count == 1)
    #expect(LayoutRule.findings(topLevel: names.filter { $0 != "Tests" }).count == 2)
  }

  @Test func `a second file in main is found`() {
    let files = ["Services/A/Main/main.swift", "Services/B/Main/main.swift"]
    #expect(LayoutRule.findings(mainFiles: files) == [])
    #expect(LayoutRule.findings(mainFiles: files + ["Services/B/Main/Graph.swift"]).count == 1)
  }

  @Test func `a target without a row is found`() {
    let rows = [Room("Wire", at: "Shared/Wire", [])]
    let manifest =
      "library(\"Wire\", \"Shared/Wire\", []), executable(\n  \"x\", \"Services/X\", [])"
    #expect(LayoutRule.findings(manifest: manifest, rows: rows).count == 1)
  }

  @Test func `a decision record without its form is found`() {
    let sections = DocumentRule.decisionSections.joined(separator: "\n\nText.\n\n")
    let good = "# 0007: A title\n\n" + sections + "\n"
    #expect(DocumentRule.findings(decision: good, named: "0007-a-title.md") == [])
    #expect(DocumentRule.findings(decision: good, named: "0008-a-title.md").count == 1)
    #expect(DocumentRule.findings(decision: good, named: "A_title.md").count == 1)
    let long = good + String(repeating: "\n", count: 80)
    #expect(DocumentRule.findings(decision: long, named: "0007-a-title.md").count == 1)
    let short = good.replacing("## Consequences", with: "## Results")
    #expect(DocumentRule.findings(decision: short, named: "0007-a-title.md").count == 1)
    #expect(DocumentRule.findings(decisionNames: ["0001-a.md", "0001-b.md"]).count == 1)
  }

  @Test func `a dependency without a row and a row without a dependency are found`() {
    let manifest = ".package(url: \"https://a.example/log\", from: \"1.0.0\")"
    let row = "| [log](https://a.example/log) | logs | MIT | print |\n"
    #expect(DocumentRule.findings(manifest: manifest, dependencies: row) == [])
    #expect(DocumentRule.findings(manifest: manifest, dependencies: "").count == 1)
    #expect(DocumentRule.findings(manifest: "", dependencies: row).count == 1)
    let withoutLicence = "| [log](https://a.example/log) | logs | print |\n"
    #expect(DocumentRule.findings(manifest: manifest, dependencies: withoutLicence).count == 1)
  }

  @Test(arguments: [
    ["see /", "home/ann/models"], ["cd /", "work/main"], ["https://pypi", ".org/simple"],
    ["index-url = https://artifactory", ".example.com/x"],
  ])
  func `a place of one machine or workplace is found`(pieces: [String]) {
    #expect(PlaceRule.findings(in: pieces.joined(), of: "README.md").count == 1)
  }

  @Test(arguments: ["Tests/work/x", "https://github.com/apple/swift-log", "from PyPI"])
  func `a place that everybody has passes`(text: String) {
    #expect(PlaceRule.findings(in: text, of: "README.md") == [])
  }
}
