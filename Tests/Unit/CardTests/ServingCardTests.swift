import Card
import Testing

@Suite struct ServingCardTests {
  private func card(_ section: String) throws(ServingCardError) -> ServingCard {
    try ServingCard(card: Array("name: m\n\(section)\n".utf8))
  }

  @Test(arguments: ["", "serving:", "serving: {}"])
  func `a card that says nothing of serving has the usual values`(section: String) throws {
    #expect(try card(section) == ServingCard())
  }

  @Test func `every field is read`() throws {
    let card = try card(
      """
      serving:
        batching: false
        batch_rows_max: 16
        prefer: latency
        padding:
          input_ids: 0
          scores: -1.5
      """)
    var expected = ServingCard()
    expected.mayBatch = false
    expected.batchRowsMax = 16
    expected.preference = .latency
    expected.padding = ["input_ids": 0, "scores": -1.5]
    #expect(card == expected)
  }

  @Test(arguments: [
    ("serving: fast", "serving"), ("serving: {batching: maybe}", "serving.batching"),
    ("serving: {batch_rows_max: 0}", "serving.batch_rows_max"),
    ("serving: {batch_rows_max: 1025}", "serving.batch_rows_max"),
    ("serving: {batch_rows_max: many}", "serving.batch_rows_max"),
    ("serving: {prefer: speed}", "serving.prefer"), ("serving: {padding: 0}", "serving.padding"),
    ("serving: {padding: {}}", "serving.padding"),
    ("serving: {padding: {ids: none}}", "serving.padding"),
    ("serving: {padding: {ids: .inf}}", "serving.padding"),
    ("serving: {batch_size: 4}", "serving.batch_size"),
  ])
  func `what can't be followed is named`(section: String, field: String) {
    let error = #expect(throws: ServingCardError.self) { try card(section) }
    #expect(error?.field == field)
    #expect(error?.description.contains("expected") == true)
  }

  @Test func `what is no card is refused`() {
    #expect(throws: ServingCardError.self) { try ServingCard(card: [0xFF]) }
    #expect(throws: ServingCardError.self) { try ServingCard(card: Array("- a\n".utf8)) }
  }
}
