import Testing

@Suite struct VariableRuleTests {
  @Test(arguments: [
    (#"environment["SLIPWAY_SUPERVISED"]"#, "SLIPWAY_SUPERVISED"),
    (#"settings.string("trust.file") ?? """#, "SLIPWAY_TRUST_FILE"),
    (#"Self.number("queue.max", in: 1...2)"#, "SLIPWAY_QUEUE_MAX"),
    (#"reader.string(forKey: "certs")"#, "SLIPWAY_CERTS"),
    (#"Self.hostPort(reader, "ops.listen")"#, "SLIPWAY_OPS_LISTEN"),
  ])
  func `a variable that is read is found`(source: String, name: String) {
    #expect(VariableRule.names(in: source) == [name])
  }

  @Test func `a name that only looks like a variable's key is not`() {
    #expect(VariableRule.names(in: #"line.number("requests", count)"#) == [])
  }

  @Test func `a table's variables are those of its first cells`() {
    let table = "| `SLIPWAY_A`, `SLIPWAY_B_C` | as `SLIPWAY_D` |\nSLIPWAY_E\n"
    #expect(VariableRule.names(inTable: table) == ["SLIPWAY_A", "SLIPWAY_B_C"])
  }

  @Test func `a name that is missing anywhere is found`() {
    #expect(VariableRule.findings(read: ["A"], listed: ["A"], documented: ["A"]) == [])
    #expect(VariableRule.findings(read: ["A"], listed: [], documented: ["A"]).count == 1)
    #expect(VariableRule.findings(read: ["A"], listed: ["A"], documented: []).count == 1)
    #expect(VariableRule.findings(read: [], listed: ["A"], documented: ["A"]).count == 2)
  }

  @Test func `the person's tool is no service`() {
    #expect(VariableRule.concerns("Services/Gateway/Main/main.swift"))
    #expect(!VariableRule.concerns("Services/Slipway/Tool/Slipway.swift"))
  }
}
