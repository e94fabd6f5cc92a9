import ContentPolicy
import Contracts
import RPC
import Testing
import Trust

@testable import ContentGovernorCore

/// What stands around the content counts as the content does.
struct BindingTests {
  @Test func `a new bundle, a new workflow and a new template each void what was approved`()
    async throws
  {
    try await ContentHouse.run { house in
      try await house.setTemplate("<p>{{body}}</p>", approved: true)
      let changes: [@Sendable (ContentHouse) async throws -> Void] = [
        { $0.policy.bind("sha256:two") }, { try await $0.setWorkflow() },
        { try await $0.setTemplate("<b>{{body}}</b>", approved: true) },
      ]
      for (place, change) in changes.enumerated() {
        let half = try await house.submit("Buy our shoes", slot: "body")
        let whole = try await house.submit("Buy our boots", slot: "body")
        try await house.decide("approve", half, by: ContentHouse.grace)
        try await house.approve(whole)
        try await change(house)
        await #expect(throws: ContentError.self, "change \(place)") {
          try await house.decide("approve", half, by: ContentHouse.edsger)
        }
        await #expect(throws: ContentError.self, "change \(place)") {
          try await house.release(whole)
        }
        for item in [half, whole] {
          let now = try await house.now(item)
          #expect(now.state == "review" && now.step == "legal", "change \(place)")
          #expect(now.revision?.number == 2 && now.revision?.cause == "rebind")
          #expect(now.revision?.content == item.revision?.content)
          #expect(now.revision?.digest != item.revision?.digest)
          // What was seen before counts no more, by whomever.
          await #expect(throws: ContentError.self) {
            try await house.decide("approve", item, by: ContentHouse.grace)
          }
          try await house.approve(now)
        }
      }
    }
  }

  @Test func `what is released stays so under a new bundle, which is for what comes`() async throws
  {
    try await ContentHouse.run { house in
      let item = try await house.released("Buy our shoes")
      house.policy.bind("sha256:two", words: ["shoes": .block])
      #expect(try await house.fetch(item) == "Buy our shoes")
    }
  }

  @Test func `a template that nobody else approved changes nothing`() async throws {
    try await ContentHouse.run { house in
      try await house.setTemplate("<p>{{body}}</p>", approved: true)
      let item = try await house.submit("Buy our shoes", slot: "body")
      try await house.setTemplate("<script>x</script>{{body}}", approved: false)
      try await house.approve(item)
      #expect(try await house.release(item).state == "released")
    }
  }

  @Test func `a policy that gives no verdict lets nothing in and nothing through`() async throws {
    try await ContentHouse.run { house in
      let item = try await house.submit("Buy our shoes")
      house.policy.fail(.failed(cause: "out of order"))
      await #expect(throws: ContentError.self) { try await house.submit("Buy our boots") }
      for attempt in [
        { _ = try await house.decide("approve", item, by: ContentHouse.grace) },
        { _ = try await house.revise(item, "Buy our boots") },
        { _ = try await house.release(item) },
      ] {
        let error = await #expect(throws: ContentError.self) { try await attempt() }
        #expect(error?.rpcError.code == .unavailable)
      }
      #expect(try await house.now(item).acts.count == 1)
      house.policy.fail(nil)
      try await house.approve(item)
      #expect(try await house.release(item).state == "released")
    }
  }

  @Test func `people can let through what is held, not what is blocked or has to be taken out`()
    async throws
  {
    try await ContentHouse.run { house in
      house.policy.bind(
        "sha256:one", words: ["cures": .hold, "4111": .redact, "hate": .block])
      let held = try await house.submit("It cures")
      #expect(held.revision?.verdict == "hold")
      let finding = held.revision?.findings.first
      #expect(finding?.start == 3 && finding?.end == 8 && finding?.rule == "test.cures")
      try await house.approve(held)
      for text in ["I hate it", "It cures 4111"] {
        let item = try await house.submit(text)
        let error = await #expect(throws: ContentError.self) {
          try await house.decide("approve", item, by: ContentHouse.grace)
        }
        #expect(error?.rpcError.message.contains("policy does not let it through") == true)
        // Saying no is always possible.
        #expect(
          try await house.decide("request-changes", item, by: ContentHouse.grace).state
            == "changes-requested")
      }
      let item = try await house.submit("Card 4111")
      let redacted = String(decoding: item.revision?.redacted ?? [], as: UTF8.self)
      #expect(redacted == "Card …")
      let corrected = try await house.revise(item, redacted)
      #expect(corrected.revision?.verdict == "allow")
      try await house.approve(corrected)
      #expect(try await house.release(corrected).state == "released")
    }
  }

  @Test func `content on which nobody decides is not taken`() async throws {
    try await withFolder { folder in
      let house = try await ContentHouse.open(folder, ManualClock(), ScriptedPolicy())
      let error = await #expect(throws: ContentError.self) { try await house.submit("Buy") }
      #expect(error?.rpcError.message.contains("no workflow") == true)
      var narrow = ContentHouse.workflow
      narrow.channels = ["web"]
      try await house.setWorkflow(narrow)
      await #expect(throws: ContentError.self) { try await house.submit("Buy") }
      #expect(try await house.submit("Buy", channel: "web").state == "review")
      await house.close()
    }
  }

  @Test func `the workflow that says most decides`() async throws {
    try await ContentHouse.run { house in
      var other = ContentHouse.workflow
      (other.name, other.channels) = ("mail", ["email"])
      try await house.setWorkflow(other)
      #expect(try await house.submit("Buy").revision?.workflow == "mail")
      #expect(try await house.submit("Buy", channel: "web").revision?.workflow == "marketing")
      (other.name, other.channels, other.locales) = ("german", ["*"], ["de-DE"])
      try await house.setWorkflow(other)
      #expect(try await house.submit("Buy").revision?.workflow == "mail")
      #expect(try await house.submit("Buy", channel: "web").revision?.workflow == "german")
    }
  }

  @Test(
    arguments: [
      { $0.steps = [] }, { $0.channels = [] }, { $0.name = "" }, { $0.roles[0].people = [] },
      { $0.roles.append($0.roles[0]) }, { $0.steps[0].roles = ["nobody"] },
      { $0.steps[0].roles = [] },
      { $0.steps[0].need = "most" }, { $0.steps[1].name = $0.steps[0].name },
      {
        $0.steps[0].need = "quorum"
        $0.steps[0].quorum = 2
      }, { $0.steps[0].need = "quorum" },
      {
        $0.roles[1].people = ["grace"]
        $0.steps[0].roles = ["legal", "brand"]
      },
    ] as [@Sendable (inout Content.Workflow) -> Void])
  func `a workflow that can decide nothing is refused when it is set`(
    _ edit: @Sendable (inout Content.Workflow) -> Void
  ) throws {
    try WorkflowRule.check(ContentHouse.workflow)
    var workflow = ContentHouse.workflow
    edit(&workflow)
    #expect(throws: ContentError.self) { try WorkflowRule.check(workflow) }
  }
}
