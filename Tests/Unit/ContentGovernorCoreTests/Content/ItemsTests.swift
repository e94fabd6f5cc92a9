import AuditLog
import Contracts
import RPC
import Testing
import Trust

@testable import ContentGovernorCore

struct ItemsTests {
  @Test
  func
    `content goes from its author by everybody who is asked to its audience, and the log has it all`()
    async throws
  {
    try await ContentHouse.run { house in
      let item = try await house.submit("Buy our shoes")
      #expect(item.state == "review" && item.step == "legal" && item.author == "ada")
      #expect(item.dueAt == house.clock.now.adding(.seconds(3600)).contract)
      let half = try await house.decide("approve", item, by: ContentHouse.grace)
      #expect(half.state == "review" && half.step == "brand" && half.dueAt == 0)
      let whole = try await house.decide("approve", item, by: ContentHouse.edsger)
      #expect(whole.state == "approved")
      await #expect(throws: ContentError.self) { try await house.fetch(item) }
      #expect(try await house.release(item).state == "released")
      #expect(try await house.fetch(item) == "Buy our shoes")
      #expect(
        try await house.logged() == [
          "workflow.set", "item.submit", "item.approve", "item.approve", "item.release",
          "item.deliver",
        ])
      let acts = try await house.now(item).acts
      #expect(acts.map(\.kind) == ["submit", "approve", "approve", "release"])
      #expect(acts.map(\.by) == ["ada", "grace", "edsger", "dora"])
      #expect(acts[1].text == "because of grace")
    }
  }

  @Test func `a decision on anything but the newest bytes is refused, and the log is told`()
    async throws
  {
    try await ContentHouse.run { house in
      let item = try await house.submit("Buy our shoes")
      try await house.decide("approve", item, by: ContentHouse.grace)
      let revised = try await house.revise(item, "Buy our boots")
      #expect(revised.state == "review" && revised.step == "legal")
      for (asker, decision) in [
        (ContentHouse.grace, "approve"), (ContentHouse.edsger, "approve"),
        (ContentHouse.grace, "reject"),
      ] {
        await #expect(throws: ContentError.self) {
          try await house.decide(decision, item, by: asker)
        }
      }
      await #expect(throws: ContentError.self) { try await house.release(item) }
      #expect(try await house.logged().filter { $0 == "item.refuse" }.count == 4)
      #expect(try await house.now(item).acts.count == 3)
      try await house.approve(revised)
      #expect(try await house.release(revised).state == "released")
    }
  }

  @Test func `an edit of what is released takes it from its audience`() async throws {
    try await ContentHouse.run { house in
      let item = try await house.released("Buy our shoes")
      try await house.revise(house.now(item), "Buy our boots")
      await #expect(throws: ContentError.self) { try await house.fetch(item) }
      #expect(try await house.now(item).state == "review")
    }
  }

  @Test func `whoever wrote some of it does not approve it`() async throws {
    try await ContentHouse.run { house in
      var item = try await house.submit("Buy our shoes")
      try await house.decide("approve", item, by: ContentHouse.grace)
      let asker = Asker(name: "ada", roles: ["developer", "approver"])
      let error = await #expect(throws: ContentError.self) {
        try await house.decide("approve", item, by: asker)
      }
      #expect(error?.rpcError.message.contains("you wrote some of it") == true)
      let helper = Asker(name: "edsger", roles: ["developer", "approver"])
      item = try await house.revise(item, "Buy our boots", by: helper)
      try await house.decide("approve", item, by: ContentHouse.grace)
      await #expect(throws: ContentError.self) {
        try await house.decide("approve", item, by: helper)
      }
    }
  }

  @Test func `a deadline that passes approves nothing and ends the review`() async throws {
    try await ContentHouse.run { house in
      let item = try await house.submit("Buy our shoes")
      #expect(try await house.desk.items.reviews(.init(), for: ContentHouse.grace).items.count == 1)
      house.clock.advance(by: .seconds(3600))
      #expect(try await house.desk.items.reviews(.init(), for: ContentHouse.grace).items.isEmpty)
      await #expect(throws: ContentError.self) {
        try await house.decide("approve", item, by: ContentHouse.grace)
      }
      #expect(try await house.now(item).state == "lapsed")
      #expect(try await house.logged().suffix(2) == ["item.lapse", "item.refuse"])
      let other = try await house.submit("Buy our boots")
      house.clock.advance(by: .seconds(3601))
      #expect(try await house.desk.items.settleDue() == 1)
      #expect(try await house.now(other).state == "lapsed")
      let again = try await house.revise(house.now(other), "Buy our boots")
      #expect(again.state == "review")
    }
  }

  @Test func `a release ends when its time is over`() async throws {
    try await ContentHouse.run { house in
      let item = try await house.submit("Buy our shoes")
      try await house.approve(item)
      try await house.release(item, until: house.clock.now.adding(.seconds(60)))
      #expect(try await house.fetch(item) == "Buy our shoes")
      house.clock.advance(by: .seconds(60))
      await #expect(throws: ContentError.self) { try await house.fetch(item) }
      #expect(try await house.desk.items.settleDue() == 1)
      #expect(try await house.now(item).state == "expired")
    }
  }

  @Test func `the same request twice is one act, and its key stands for nothing else`() async throws
  {
    try await ContentHouse.run { house in
      let first = try await house.submit("Buy our shoes", key: "one")
      #expect(try await house.submit("Buy our shoes", key: "one").id == first.id)
      try await house.decide("approve", first, by: ContentHouse.grace, key: "yes")
      let again = try await house.decide("approve", first, by: ContentHouse.grace, key: "yes")
      #expect(again.acts.count == 2)
      await #expect(throws: ContentError.self) {
        try await house.decide("reject", first, by: ContentHouse.grace, key: "yes")
      }
      // Another person's key of the same name is another one.
      try await house.decide("approve", first, by: ContentHouse.edsger, key: "yes")
      #expect(try await house.now(first).state == "approved")
      #expect(
        try await house.logged() == [
          "workflow.set", "item.submit", "item.approve", "item.approve",
        ])
    }
  }

  @Test func `whoever has got what is recalled is named, and nobody gets it any more`() async throws
  {
    try await ContentHouse.run { house in
      let item = try await house.released("Buy our shoes")
      let other = Asker(name: "paper", roles: ["developer"])
      for asker in [ContentHouse.shop, other, ContentHouse.shop] {
        _ = try await house.fetch(item, by: asker)
      }
      let answer = try await house.desk.items.recall(
        .init(requestKey: ContentHouse.key(), item: item.id, reason: "wrong price"),
        by: ContentHouse.grace)
      #expect(answer.item?.state == "recalled")
      #expect(answer.deliveries.map(\.recipient).sorted() == ["paper", "shop"])
      await #expect(throws: ContentError.self) { try await house.fetch(item) }
      await #expect(throws: ContentError.self) { try await house.revise(item, "Buy our boots") }
      #expect(try await house.logged().filter { $0 == "item.deliver" }.count == 2)
    }
  }

  @Test func `a developer sees their own items only, and their audience's when released`()
    async throws
  {
    try await ContentHouse.run { house in
      let item = try await house.submit("Buy our shoes")
      await #expect(throws: ContentError.missing("item `\(item.id)` is not here")) {
        try await house.desk.items.item(item.id, for: ContentHouse.shop)
      }
      #expect(try await house.desk.items.list(.init(), for: ContentHouse.shop).items.isEmpty)
      #expect(try await house.desk.items.list(.init(), for: ContentHouse.author).items.count == 1)
      await #expect(throws: ContentError.self) {
        try await house.desk.items.comment(
          .init(requestKey: "k", item: item.id, text: "hello"), by: ContentHouse.shop)
      }
    }
  }

  @Test func `lists have pages`() async throws {
    try await ContentHouse.run { house in
      var made: [String] = []
      for number in 0..<7 {
        made.append(try await house.submit("text \(number)").id)
        house.clock.advance(by: .seconds(1))
      }
      var (found, request): ([String], Content.ListItemsRequest) = ([], .init(limit: 3))
      repeat {
        let page = try await house.desk.items.list(request, for: ContentHouse.admin)
        found += page.items.map(\.id)
        request.after = page.next
      } while !request.after.isEmpty
      #expect(found == made)
      let none = try await house.desk.items.list(
        .init(state: "released"), for: ContentHouse.admin)
      #expect(none.items.isEmpty)
    }
  }

  @Test func `what a model wrote says so to machines`() async throws {
    try await ContentHouse.run { house in
      let item = try await house.submit(
        "Buy our shoes", origin: .init(model: "writer", version: 3, requestID: "r1"))
      try await house.approve(item)
      try await house.release(item)
      let fetched = try await house.desk.items.fetch(.init(item: item.id), by: ContentHouse.shop)
      #expect(fetched.marking.contains(#""model":"writer""#))
      #expect(fetched.marking.contains("trainedAlgorithmicMedia"))
    }
  }

  @Test(arguments: ["", "\u{0}", String(repeating: "x", count: 129), "a b", "ä"])
  func `a purpose that is none is refused`(_ channel: String) async throws {
    try await ContentHouse.run { house in
      await #expect(throws: ContentError.self) {
        try await house.submit("Buy our shoes", channel: channel)
      }
    }
  }
}
