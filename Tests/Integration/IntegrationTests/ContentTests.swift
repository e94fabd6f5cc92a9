import Contracts
import Foundation
import IntegrationSuite
import RPC
import Testing

extension IntegrationTests {
  /// Content on its way to its audience, on real processes.
  @Suite(.serialized, .timeLimit(.minutes(20))) struct ContentTests {
    private static let kills = 4

    @Test
    func `copy is decided on by two people at their terminals, released in a template, recalled`()
      async throws
    {
      try await withFreshSuite { suite in
        try await suite.makeReviewers()
        let (ada, grace, edsger) = (People.pusher, People.approvers[0], People.approvers[1])
        try await suite.slipway(
          "template", "set", "letter", suite.write("<p>{{body}}</p>", to: "letter.html"),
          "--format", "html", "--slot", "body:text:200", as: ada
        ).succeeded()
        _ = try await suite.slipway("template", "approve", "letter", "1", as: ada).refused()
        try await suite.slipway("template", "approve", "letter", "1", as: grace).succeeded()
        let id = try await submit("Shoes & <boots>", slot: "letter/body", on: suite)

        let refused = try await suite.slipway("item", "release", id, as: ada).refused()
        #expect(refused.contains("needs somebody of `legal`"), "\(refused)")
        let queue = try await suite.slipway("review", "--json", as: edsger).succeeded()
        #expect(!queue.contains(id), "the second step is not open yet")
        let first = try await suite.slipway(
          "review", as: grace, input: "comment looks well\napprove\n")
        #expect(first.status == 0 && first.output.contains("Shoes & <boots>"), "\(first)")
        try await suite.slipway("review", as: edsger, input: "changes say more\n").succeeded()
        try await suite.slipway(
          "item", "revise", id, suite.write("Shoes & <more boots>", to: "copy.txt"), as: ada
        ).succeeded()
        let diff = try await suite.slipway("item", "diff", id, as: edsger).succeeded()
        #expect(diff == "-Shoes & <boots>\n+Shoes & <more boots>\n")
        for person in [grace, edsger] {
          try await suite.slipway("review", as: person, input: "approve\n").succeeded()
        }
        try await suite.slipway("item", "release", id, as: ada).succeeded()

        let page = try await suite.slipway("template", "fill", "letter", "body=\(id)", as: ada)
        #expect(try page.succeeded() == "<p>Shoes &amp; &lt;more boots&gt;</p>")
        let recalled = try await suite.slipway(
          "item", "recall", id, "--reason", "wrong price", as: grace
        ).succeeded()
        #expect(recalled.contains(ada))
        _ = try await suite.slipway("item", "fetch", id, as: ada).refused()
        let kinds = try await logged(about: id, on: suite, until: "item.recall")
        #expect(
          kinds == [
            "item.submit", "item.refuse", "item.comment", "item.approve", "item.request-changes",
            "item.revise", "item.approve", "item.approve", "item.release", "item.deliver",
            "item.recall",
          ])
        let folder = suite.folder.home.appending(path: "export").path
        try await suite.slipway("audit", "export", folder).succeeded()
        try await suite.slipway("audit", "verify", folder).succeeded()
      }
    }

    @Test func `a person is shown what is kept about them, and is erased from the disks`()
      async throws
    {
      try await withFreshSuite { suite in
        try await suite.makeReviewers()
        let name = "zaphod-beeblebrox"
        let id = try await submit("Zaphod says yes", about: name, on: suite)
        let shown = try await suite.slipway("subject", "show", name, "--json").succeeded()
        #expect(shown.contains("Zaphod says yes") && shown.contains(id))
        _ = try await suite.slipway(
          "subject", "erase", name, "--reason", "asked", as: People.pusher
        )
        .refused()
        let erased = try await suite.slipway("subject", "erase", name, "--reason", "asked")
        #expect(try erased.succeeded().contains(id))
        let item = try await suite.slipway("item", "show", id).succeeded()
        #expect(item.contains("its content is gone"))
        let governor = suite.folder.state.appending(path: "content-governor").path
        for file in try FileManager.default.contentsOfDirectory(atPath: governor) {
          let content = try Data(contentsOf: URL(fileURLWithPath: "\(governor)/\(file)"))
          #expect(content.range(of: Data(name.utf8)) == nil, "\(file)")
        }
      }
    }

    @Test
    func
      `nothing acknowledged is lost when the governor is killed, and nothing is in the log twice`()
      async throws
    {
      try await withFreshSuite { suite in
        try await suite.makeReviewers()
        var states: [String: String] = [:]
        for round in 0..<Self.kills {
          let victim = try #require(suite.processes(of: "content-governor").first)
          try await withThrowingTaskGroup(of: [String: String].self) { group in
            group.addTask { try await Self.work(round, on: suite) }
            try await Task.sleep(for: .milliseconds(150 + 250 * round))
            try suite.killNow(victim)
            try await suite.waitForRestart(of: "content-governor", after: victim)
            for try await made in group { states.merge(made) { _, last in last } }
          }
        }
        #expect(states.count > Self.kills)
        let channel = try suite.channel()
        let found = try await eventually("the governor to answer") {
          try await channel.call(Content.API.listItems, Content.ListItemsRequest(limit: 1000)).items
        }
        let known = Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0.state) })
        let rank = ["review": 0, "approved": 1, "released": 2]
        for (id, state) in states {
          let now = known[id].flatMap { rank[$0] } ?? -1
          #expect(now >= rank[state] ?? 9, "\(id) was acknowledged as \(state)")
        }
        let log = try await eventually("every act to be in the log") {
          let text = try await suite.slipway("audit", "query", "--format", "jsonl", "--all")
            .succeeded()
          let released = states.filter { $0.value == "released" }.map(\.key)
          let isThere = released.allSatisfy { id in
            text.split(separator: "\n").contains { $0.contains(id) && $0.contains("item.release") }
          }
          return isThere ? text : nil
        }
        let submits = log.split(separator: "\n").filter { $0.contains("\"item.submit\"") }
        #expect(submits.count == found.count)
        print("content: \(states.count) items acknowledged over \(Self.kills) kills, none lost")
      }
    }

    @Test func `every verb of content is refused to every role that it is not for`() async throws {
      // By hand, so that a descriptor that is edited by mistake is found.
      let allowed: [String: Set<String>] = [
        "SubmitItem": ["developer"], "ReviseItem": ["developer"],
        "CommentItem": ["developer", "approver"], "DecideItem": ["approver"],
        "ReleaseItem": ["deployer"], "RecallItem": ["approver", "deployer", "operator", "admin"],
        "GetItem": ["developer", "deployer", "approver", "auditor", "admin"],
        "GetRevision": ["developer", "deployer", "approver", "auditor", "admin"],
        "ListItems": ["developer", "deployer", "approver", "auditor", "admin"],
        "ListReviews": ["approver"], "FetchItem": ["developer"],
        "ListDeliveries": ["deployer", "approver", "operator", "auditor", "admin"],
        "SetWorkflow": ["admin"],
        "ListWorkflows": ["developer", "deployer", "approver", "operator", "auditor", "admin"],
        "SetTemplate": ["deployer"], "ApproveTemplate": ["approver"],
        "ListTemplates": ["developer", "deployer", "approver", "operator", "auditor", "admin"],
        "FillTemplate": ["developer"], "GetSubject": ["auditor", "admin"],
        "EraseSubject": ["admin"],
      ]
      let roles = ["developer", "deployer", "approver", "operator", "auditor", "admin"]
      try await withFreshSuite { suite in
        for role in roles { try await suite.makeKey(of: "only-\(role)", roles: [role]) }
        #expect(allowed.count == Content.API.all.count)
        for verb in Content.API.all {
          let name = String(verb.name.split(separator: "/").last ?? "")
          for role in roles {
            let channel = try suite.channel(as: "only-\(role)")
            let any = Method<Content.ListWorkflowsRequest, Content.ListWorkflowsResponse>(verb)
            var code = StatusCode.ok
            do {
              _ = try await channel.call(any, Content.ListWorkflowsRequest())
            } catch let error as RPCError {
              code = error.code
            }
            let isAllowed = allowed[name]?.contains(role) == true
            #expect((code != .permissionDenied) == isAllowed, "\(name) as \(role): \(code)")
          }
        }
      }
    }

    private func submit(
      _ text: String, slot: String? = nil, about: String? = nil, on suite: RunningSuite
    ) async throws -> String {
      let result = try await suite.slipway(
        ["item", "submit", suite.write(text + "\n", to: "item.txt"), "--channel", "email"]
          + ["--locale", "de-DE", "--json"] + (slot.map { ["--slot", $0] } ?? [])
          + (about.map { ["--about", $0] } ?? []), as: People.pusher)
      let match = try result.succeeded().firstMatch(of: /"id" : "([^"]+)"/)
      return String(try #require(match?.1))
    }

    /// Kinds of the entries about an item, once one of them is of the last kind.
    private func logged(
      about id: String, on suite: RunningSuite, until last: String
    ) async throws -> [String] {
      try await eventually("the log to have \(last)") {
        let text = try await suite.slipway(
          "audit", "query", "--item", "item:\(id)", "--format", "jsonl"
        ).succeeded()
        let kinds = text.split(separator: "\n").compactMap {
          $0.firstMatch(of: /"kind":"([a-z]+\.[a-z-]+)"/).map { String($0.1) }
        }
        return kinds.contains(last) ? kinds : nil
      }
    }

    /// Submits, approves and releases until the governor is away; returns what was acknowledged.
    private static func work(_ round: Int, on suite: RunningSuite) async throws -> [String: String]
    {
      let author = try suite.channel(as: People.pusher)
      let approvers = try People.approvers.map { try suite.channel(as: $0) }
      let purpose = Content.Purpose(channel: "email", locale: "de-DE", audience: "everyone")
      var states: [String: String] = [:]
      for number in 0..<40 {
        do {
          var item = try await author.call(
            Content.API.submitItem,
            Content.SubmitItemRequest(
              requestKey: "\(round)-\(number)", purpose: purpose,
              content: Array("copy \(round) \(number)".utf8)))
          states[item.id] = item.state
          for approver in approvers {
            item = try await approver.call(
              Content.API.decideItem,
              Content.DecideItemRequest(
                requestKey: "\(item.id)", item: item.id, decision: "approve",
                digest: item.revision?.digest ?? []))
            states[item.id] = item.state
          }
          item = try await author.call(
            Content.API.releaseItem,
            Content.ReleaseItemRequest(
              requestKey: "r-\(item.id)", item: item.id, digest: item.revision?.digest ?? []))
          states[item.id] = item.state
        } catch {
          // The governor was away for longer than the client waits.
          continue
        }
      }
      return states
    }
  }
}
