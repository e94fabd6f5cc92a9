import Testing

/// Holds the repository as it lies on disk against every rule. That the rules themselves find what
/// they should is shown beside them, in RuleTests.
@Suite struct HouseTests {
  private let house: Repository

  init() throws { house = try Repository() }

  @Test func `every import is allowed by the table`() throws {
    try expectNone(
      house.sources.flatMap { try ImportRule.findings(in: house.text(of: $0), of: $0) })
  }

  @Test func `every target of the manifest has a row`() throws {
    try expectNone(
      LayoutRule.findings(manifest: house.text(of: "Package.swift"), rows: ImportTable.rows))
  }

  @Test func `what the compiler cannot prove stays in its rooms`() throws {
    try expectNone(
      house.sources.flatMap { try UnsafeRule.findings(in: house.text(of: $0), of: $0) })
  }

  @Test func `every exception for what is not proven names a file and a record that exist`() {
    let missing = UnsafeRule.exceptions.filter { file, record in
      !house.files.contains(file) || !house.decisions.contains(record)
    }
    expectNone(missing.map { "UnsafeRule: \($0.key) or its record \($0.value) does not exist" })
  }

  @Test func `files can be read in one sitting`() throws {
    try expectNone(
      house.sources.flatMap {
        try LengthRule.findings(
          lines: lines(of: $0), of: $0, exceptions: LengthRule.exceptions)
      })
    try expectNone(
      house.scripts.flatMap { try LengthRule.findings(lines: lines(of: $0), ofScript: $0) })
  }

  @Test func `functions can be read at a glance`() throws {
    try expectNone(
      house.sources.flatMap { try FunctionRule.findings(in: house.text(of: $0), of: $0) })
  }

  @Test func `every exception to the length exists`() throws {
    let gone = LengthRule.exceptions.keys.filter { !house.files.contains($0) }
    expectNone(gone.map { "LengthRule: \($0) does not exist" })
    for place in FunctionRule.exceptions.keys {
      let parts = place.split(separator: ": ").map(String.init)
      let exists =
        try parts.count == 2 && house.files.contains(parts[0])
        && FunctionRule.functions(in: house.text(of: parts[0])).contains { $0.name == parts[1] }
      #expect(exists, "FunctionRule: \(place) does not exist")
    }
  }

  @Test func `every variable that a service reads is listed and documented, and no other`() throws {
    let sources = house.sources.filter { VariableRule.concerns($0) && $0 != VariableRule.list }
    expectNone(
      VariableRule.findings(
        read: try sources.reduce(into: []) { names, file in
          names.formUnion(VariableRule.names(in: try house.text(of: file)))
        },
        listed: VariableRule.names(in: try house.text(of: VariableRule.list)),
        documented: VariableRule.names(inTable: try house.text(of: VariableRule.document))))
  }

  @Test func `base stays small`() {
    expectNone(
      LengthRule.findings(baseFiles: house.sources.filter { $0.hasPrefix("Shared/Base/") }))
  }

  @Test func `each main is one file`() {
    expectNone(LayoutRule.findings(mainFiles: house.sources.filter(LengthRule.isMain)))
  }

  @Test func `the top level is what the design fixes`() throws {
    try expectNone(LayoutRule.findings(topLevel: house.topLevel))
  }

  @Test func `decision records keep their form`() throws {
    try expectNone(
      house.decisions.flatMap {
        try DocumentRule.findings(
          decision: house.text(of: "Shared/Docs/decisions/" + $0), named: $0)
      })
    expectNone(DocumentRule.findings(decisionNames: house.decisions))
  }

  @Test func `every dependency is accounted for`() throws {
    try expectNone(
      DocumentRule.findings(
        manifest: house.text(of: "Package.swift"),
        dependencies: house.text(of: "Shared/Docs/dependencies.md")))
  }

  @Test func `no file names a machine or a registry`() throws {
    let files = house.files + [".ci/run", ".gitignore", ".swift-format"]
    try expectNone(
      files.flatMap { file in
        try house.textIfAny(of: file).map { PlaceRule.findings(in: $0, of: file) } ?? []
      })
  }

  private func lines(of file: String) throws -> Int {
    try house.text(of: file).split(separator: "\n", omittingEmptySubsequences: false).count - 1
  }

  private func expectNone(
    _ findings: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for finding in findings { Issue.record("\(finding)", sourceLocation: sourceLocation) }
  }
}
