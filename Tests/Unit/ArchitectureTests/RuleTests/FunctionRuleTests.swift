import Testing

@Suite struct FunctionRuleTests {
  private func function(lines: Int, _ head: String = "func long()") -> String {
    "\(head) {\n" + String(repeating: "  step()\n", count: lines - 2) + "}\n"
  }

  @Test(arguments: [
    "func long()", "init(a: Int)", "func long(a: () -> Void = {}, b: [Int] = []) -> [Int]",
    "static func long<T>(_ t: T) async throws(E) -> (Int) -> Int where T: A",
  ])
  func `a function of more than sixty lines is found`(head: String) {
    let found = FunctionRule.findings(in: function(lines: 61, head), of: "a.swift", exceptions: [:])
    #expect(found.count == 1)
    #expect(
      FunctionRule.findings(in: function(lines: 60, head), of: "a.swift", exceptions: [:]) == [])
  }

  @Test func `a long type of short functions passes, and a long one inside is found`() {
    let short = String(repeating: function(lines: 20, "func short()"), count: 10)
    #expect(
      FunctionRule.findings(in: "struct A {\n\(short)}\n", of: "a.swift", exceptions: [:]) == [])
    let found = FunctionRule.findings(
      in: "struct A {\n\(short)\(function(lines: 61))\(short)}\n", of: "a.swift", exceptions: [:])
    #expect(found == ["a.swift: long: 61 lines, a function has at most 60"])
  }

  @Test func `braces in strings and comments, calls and requirements count for nothing`() {
    let source = """
      protocol P {
        func a()
        init()
        var b: Int { get }
      }
      func c() {
        // }}}
        print("{{{ \\(d.init())")
        e = .init { 1 }
      }
      """
    let found = FunctionRule.functions(in: source)
    #expect(found.map(\.name) == ["c"])
    #expect(found.map(\.lines) == [5])
  }

  @Test(arguments: [(61, 61, 0), (62, 61, 1), (61, 62, 1), (60, 60, 1)])
  func `the list of exceptions only shrinks`(lines: Int, listed: Int, findings: Int) {
    let found = FunctionRule.findings(
      in: function(lines: lines), of: "a.swift", exceptions: ["a.swift: long": listed])
    #expect(found.count == findings)
  }
}
