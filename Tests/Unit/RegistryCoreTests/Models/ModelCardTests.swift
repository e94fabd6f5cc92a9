import Foundation
import Testing

@testable import RegistryCore

struct ModelCardTests {
  private func refusal(_ card: String) -> String {
    do throws(RegistryError) {
      try ModelCard.check(Array(card.utf8), limits: RegistryLimits())
      return ""
    } catch {
      return error.message
    }
  }

  @Test func takesACardWithEveryRequiredField() {
    #expect(refusal(Package.card) == "")
  }

  @Test func takesFurtherFieldsAndOptionalOnes() {
    #expect(
      refusal(Package.card + "\nmetrics: {accuracy: 0.99}\nlanguage: en\nnotes: R & D\n") == "")
  }

  @Test(arguments: [
    "name", "description", "license", "owners", "intended_use", "limitations", "training_data",
  ])
  func namesTheFieldThatIsMissing(_ field: String) {
    var lines = Package.card.split(separator: "\n").map(String.init)
    let index = lines.firstIndex { $0.hasPrefix("\(field):") } ?? 0
    lines.remove(at: index)
    if field == "owners" { lines.remove(at: index) }
    let message = refusal(lines.joined(separator: "\n"))
    #expect(message.contains("`\(field)` is missing: expected"), "\(message)")
  }

  @Test(arguments: [
    ("license: Apache-2.0", "license: [a, b]", "line 3: field `license`: expected text"),
    ("name: Magika", "name: ''", "field `name`: expected text"),
    ("name: Magika", "name: ~", "field `name` is missing"),
    ("name: Magika", "name: Magika\nname: Twice", "is there twice"),
    ("name: Magika", "name: Magika\nmetrics: 3", "field `metrics`: expected a list or a mapping"),
    ("name: Magika", "name: [", "line 3, column 8"),
    ("name: Magika", "name: &a Magika", "line 1: `&` begins an anchor"),
  ])
  func namesWhatIsWrong(_ old: String, _ new: String, _ expected: String) {
    let message = refusal(Package.card.replacingOccurrences(of: old, with: new))
    #expect(message.contains(expected), "\(message)")
  }

  @Test(arguments: ["", "just text", "- a\n- b", "\u{0}", "{{{{"])
  func refusesWhatIsNoMapping(_ card: String) {
    #expect(refusal(card) != "")
  }

  @Test func survivesDeepNesting() {
    #expect(refusal(String(repeating: "[", count: 200_000)) != "")
    #expect(refusal(String(repeating: "{a: ", count: 50_000)) != "")
  }

  @Test func refusesABombOfAliasesQuickly() {
    var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      let items = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
      bomb += "a\(level): &a\(level) [\(items)]\n"
    }
    #expect(refusal(bomb + "? *a9\n: x\n").contains("anchor"))
  }

  @Test func refusesACardThatIsTooLargeOrNotText() {
    var limits = RegistryLimits()
    limits.cardBytesMax = 10
    #expect(throws: RegistryError.self) {
      try ModelCard.check(Array(Package.card.utf8), limits: limits)
    }
    #expect(throws: RegistryError.invalid("`card.yaml` is not UTF-8")) {
      try ModelCard.check([0xff, 0xfe], limits: RegistryLimits())
    }
  }
}
