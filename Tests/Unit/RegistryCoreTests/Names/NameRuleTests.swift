import Testing

@testable import RegistryCore

struct NameRuleTests {
  @Test(arguments: ["a", "magika", "gemma3-270m_q4.k", "0", String(repeating: "a", count: 64)])
  func takesAWellFormedModelName(_ name: String) throws {
    try NameRule.checkModel(name)
  }

  @Test(arguments: [
    "", "Magika", "-a", ".a", "a/b", "a b", "ä", "a\n", String(repeating: "a", count: 65), "..",
  ])
  func refusesAModelNameThatIsNone(_ name: String) {
    #expect(throws: RegistryError.self) { try NameRule.checkModel(name) }
  }

  @Test func refusesAnAliasThatIsANumber() {
    #expect(throws: RegistryError.self) { try NameRule.checkAlias("12") }
  }

  @Test func repeatsInputShortAndOnOneLine() {
    let excerpt = NameRule.excerpt("a\u{1b}[2J\n" + String(repeating: "b", count: 1000))
    #expect(!excerpt.unicodeScalars.contains("\n"))
    #expect(!excerpt.unicodeScalars.contains("\u{1b}"))
    #expect(excerpt.count < 90)
  }
}
