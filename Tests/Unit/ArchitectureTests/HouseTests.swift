import Testing

/// Holds the repository as it lies on disk against every rule. That the rules themselves find what
/// they should is shown beside them, in RuleTests.
@Suite struct HouseTests {
  private let house: Repository

  init() throws { house = try Repository() }

  @Test func everyImportIsAllowedByTheTable() throws {
    try expectNone(
      house.sources.flatMap { try ImportRule.findings(in: house.text(of: $0), of: $0) })
  }

  @Test func everyTargetOfTheManifestHasARow() throws {
    try expectNone(
      LayoutRule.findings(manifest: house.text(of: "Package.swift"), rows: ImportTable.rows))
  }

  @Test func whatTheCompilerCannotProveStaysInItsRooms() throws {
    try expectNone(
      house.sources.flatMap { try UnsafeRule.findings(in: house.text(of: $0), of: $0) })
  }

  @Test func everyUnsafeExceptionNamesAFileAndARecordThatExist() {
    let missing = UnsafeRule.exceptions.filter { file, record in
      !house.files.contains(file) || !house.decisions.contains(record)
    }
    expectNone(missing.map { "UnsafeRule: \($0.key) or its record \($0.value) does not exist" })
  }

  @Test func filesCanBeReadInOneSitting() throws {
    try expectNone(
      house.sources.flatMap {
        try LengthRule.findings(
          lines: lines(of: $0), of: $0, exceptions: LengthRule.exceptions)
      })
    try expectNone(
      house.scripts.flatMap { try LengthRule.findings(lines: lines(of: $0), ofScript: $0) })
  }

  @Test func everyExceptionToTheLengthExists() {
    let gone = LengthRule.exceptions.keys.filter { !house.files.contains($0) }
    expectNone(gone.map { "LengthRule: \($0) does not exist" })
  }

  @Test func baseStaysSmall() {
    expectNone(
      LengthRule.findings(baseFiles: house.sources.filter { $0.hasPrefix("Shared/Base/") }))
  }

  @Test func eachMainIsOneFile() {
    expectNone(LayoutRule.findings(mainFiles: house.sources.filter(LengthRule.isMain)))
  }

  @Test func theTopLevelIsTheOneThatDesignFixes() throws {
    try expectNone(LayoutRule.findings(topLevel: house.topLevel))
  }

  @Test func decisionRecordsKeepTheirForm() throws {
    try expectNone(
      house.decisions.flatMap {
        try DocumentRule.findings(
          decision: house.text(of: "Shared/Docs/decisions/" + $0), named: $0)
      })
    expectNone(DocumentRule.findings(decisionNames: house.decisions))
  }

  @Test func everyDependencyIsAccountedFor() throws {
    try expectNone(
      DocumentRule.findings(
        manifest: house.text(of: "Package.swift"),
        dependencies: house.text(of: "Shared/Docs/dependencies.md")))
  }

  @Test func noFileNamesAMachineOrARegistry() throws {
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
