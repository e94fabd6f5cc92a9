import Contracts
import Testing

@testable import ContentGovernorCore

struct TemplatesTests {
  @Test func `only what is released fills a slot, and whoever takes it is written down`()
    async throws
  {
    try await ContentHouse.run { house in
      try await house.setTemplate("<p>{{body}}</p>", approved: true)
      let item = try await house.submit("Shoes & <boots>", slot: "body")
      await #expect(throws: ContentError.self) { try await house.fill(["body": item]) }
      try await house.approve(item)
      await #expect(throws: ContentError.self) { try await house.fill(["body": item]) }
      try await house.release(item)
      #expect(try await house.fill(["body": item]) == "<p>Shoes &amp; &lt;boots&gt;</p>")
      let deliveries = try await house.desk.items.deliveries(of: item.id)
      #expect(deliveries.map(\.recipient) == ["shop"])
      _ = try await house.desk.items.recall(
        .init(requestKey: "r", item: item.id), by: ContentHouse.grace)
      await #expect(throws: ContentError.self) { try await house.fill(["body": item]) }
    }
  }

  @Test func `what was approved for another slot, another revision or no template fills none`()
    async throws
  {
    try await ContentHouse.run { house in
      let slots = ["body", "title"].map { Content.Slot(name: $0, type: "text") }
      try await house.setTemplate("{{title}}: {{body}}", approved: true, slots: slots)
      let title = try await house.released("Shoes", slot: "title")
      let body = try await house.released("Buy them", slot: "body")
      let plain = try await house.released("Buy them")
      #expect(try await house.fill(["title": title, "body": body]) == "Shoes: Buy them")
      for wrong in [
        ["title": body, "body": title], ["title": title, "body": plain], ["title": title],
      ] {
        await #expect(throws: ContentError.self) { try await house.fill(wrong) }
      }
      try await house.setTemplate("{{title}} - {{body}}", approved: true, slots: slots)
      await #expect(throws: ContentError.self) {
        try await house.fill(["title": title, "body": body])
      }
    }
  }

  @Test
  func `whoever set a template does not approve it, and nobody approves what they did not see`()
    async throws
  {
    try await ContentHouse.run { house in
      var template = try await house.setTemplate("{{body}}", approved: false)
      await #expect(throws: ContentError.self) {
        try await house.approve(
          template, by: Asker(name: "dora", roles: ["deployer", "approver"]))
      }
      template.digest[0] ^= 1
      await #expect(throws: ContentError.self) {
        try await house.approve(template, by: ContentHouse.grace)
      }
      await #expect(throws: ContentError.self) { try await house.submit("Buy", slot: "body") }
      #expect(
        try await house.logged() == [
          "workflow.set", "template.set", "template.refuse", "template.refuse",
        ])
      template.digest[0] ^= 1
      #expect(try await house.approve(template, by: ContentHouse.grace).approvedBy == "grace")
      await #expect(throws: ContentError.self) { try await house.submit("Buy", slot: "head") }
    }
  }
}
