import Contracts
import RPC
import Synchronization
import Testing
import Trust

@testable import SlipwayTool

@Suite("Review")
struct ReviewTests {
  static func item(_ id: String, _ content: String = "It cures all.") -> Content.Item {
    let purpose = Content.Purpose(
      channel: "email", locale: "de-DE", audience: "everyone", format: "plain")
    let bound = BoundContent(
      content: Array(content.utf8), channel: "email", locale: "de-DE", audience: "everyone",
      format: "plain", template: [], slot: "", bundle: "sha256:aa", workflow: "w",
      workflowRevision: 1)
    return Content.Item(
      id: id, state: "review", purpose: purpose, author: "ada",
      revision: Content.Revision(
        number: 1, cause: "submit", purpose: purpose, content: Array(content.utf8),
        digest: bound.digest.bytes, bundle: "sha256:aa", workflow: "w", workflowRevision: 1,
        verdict: "hold",
        findings: [
          Content.Finding(
            rule: "claims.cure", action: "hold", start: 3, end: 8, reason: "a claim of a cure",
            fix: "helps")
        ]), step: "legal", needs: "somebody of `legal`",
      acts: [Content.Act(kind: "submit", revision: 1, by: "ada", at: 1, text: "please")])
  }

  /// A gateway with items that wait, and what was decided on them.
  final class Desk: Sendable {
    let gateway = FakeGateway()
    private let recorder = Recorder()
    var decisions: [String] { recorder.lines.withLock { $0 } }

    private final class Recorder: Sendable {
      let lines = Mutex<[String]>([])
    }

    init(_ items: [Content.Item]) {
      let known = Dictionary(uniqueKeysWithValues: items.map { ($0.id, $0) })
      gateway.on(Content.API.listReviews) { _ in Content.ListItemsResponse(items: items) }
      gateway.on(Content.API.getItem) { request in known[request.item] ?? Content.Item() }
      gateway.on(Content.API.decideItem) { [recorder] request in
        recorder.lines.withLock {
          $0.append("\(request.item) \(request.decision) \(request.reason)")
        }
        var item = known[request.item] ?? Content.Item()
        item.state = request.decision == "approve" ? "approved" : "rejected"
        return item
      }
      gateway.on(Content.API.commentItem) { [recorder] request in
        recorder.lines.withLock { $0.append("\(request.item) comment \(request.text)") }
        return known[request.item] ?? Content.Item()
      }
    }
  }

  @Test("one key approves, and what was found is shown where it stands")
  func keys() async {
    let desk = Desk(["i1", "i2", "i3"].map { Self.item($0) })
    let keys = Mutex("arxcas"[...])
    let lines = Mutex(["not true", "look at it"][...])
    let input = ToolInput(
      line: { lines.withLock { $0.popFirst() } }, key: { keys.withLock { $0.popFirst() } },
      isTerminal: true)
    let run = await Run(["review"], on: desk.gateway, isTerminal: true, input: input)
    #expect(run.status == 0, "\(run.complaint)")
    #expect(
      desk.decisions == [
        "i1 approve ", "i2 reject not true", "i3 comment look at it", "i3 approve ",
      ])
    #expect(run.output.contains("It \u{1b}[1;31;7mcures\u{1b}[0m all."))
    #expect(run.output.contains("a claim of a cure; instead: helps"))
    #expect(run.complaint.contains("2 approved, 1 rejected, 0 sent back, 0 left"))
  }

  @Test("piped, a line decides on each item, and nothing is decided by one that is not understood")
  func piped() async {
    let desk = Desk(["i1", "i2", "i3", "i4"].map { Self.item($0) })
    let run = await Run(
      ["review"], on: desk.gateway,
      input: .lines(["approve", "comment hm", "changes say less", "yes", "approve"]))
    #expect(desk.decisions == ["i1 approve ", "i2 comment hm", "i2 request-changes say less"])
    #expect(run.status == ExitStatus.usage.rawValue)
    #expect(run.output.contains("It ⟦cures⟧ all."))
    let other = Desk([Self.item("i1")])
    let conditional = await Run(
      ["review"], on: other.gateway, input: .lines(["approve if legal agrees"]))
    #expect(conditional.status == ExitStatus.usage.rawValue && other.decisions.isEmpty)
  }

  @Test("without an answer nothing is decided")
  func silence() async {
    let desk = Desk([Self.item("i1")])
    let run = await Run(["review"], on: desk.gateway)
    #expect(run.status == 0 && desk.decisions.isEmpty)
    #expect(run.complaint.contains("1 left"))
  }

  @Test("a digest that is not of what is shown decides nothing")
  func otherDigest() async {
    var item = Self.item("i1")
    item.revision?.content = Array("It cures none.".utf8)
    let desk = Desk([item])
    let run = await Run(["review"], on: desk.gateway, input: .lines(["approve"]))
    #expect(desk.decisions.isEmpty)
    #expect(run.complaint.contains("decide nothing"), "\(run.complaint)")
  }

  @Test(
    "an item that changed under the reviewer's eyes is left, and the next answer is for the next item"
  )
  func conflict() async {
    let desk = Desk(["i1", "i2"].map { Self.item($0) })
    desk.gateway.on(Content.API.decideItem) { request throws(RPCError) in
      guard request.item == "i2" else { throw RPCError(.aborted, "it changed") }
      return Content.Item(id: "i2", state: "rejected")
    }
    let run = await Run(
      ["review"], on: desk.gateway, input: .lines(["approve", "reject no"]))
    #expect(run.status == 0 && run.complaint.contains("it changed"), "\(run.complaint)")
    #expect(run.complaint.contains("0 approved, 1 rejected, 0 sent back, 1 left"))
  }

  @Test("content can't steer the terminal or hide its direction")
  func hostile() {
    let text = MarkedText(isTerminal: false)
    #expect(
      text.text(Array("a\u{1b}[2Jb\u{202e}c\u{200b}\n\td".utf8), marking: [])
        == "a<U+1B>[2Jb<U+202E>c<U+200B>\n\td")
    for spans in [[0..<99], [-5..<2], [0..<1, 0..<3, 2..<3]] {
      _ = text.text(Array("äb".utf8), marking: spans)
    }
    #expect(text.text(Array("abcd".utf8), marking: [0..<2, 1..<3]) == "⟦abc⟧d")
    #expect(text.text(Array("abcd".utf8), marking: [2..<2]) == "abcd")
  }

  @Test("a diff shows changed lines with those around them")
  func diff() {
    let old = (1...20).map { "line \($0)" }.joined(separator: "\n")
    let diff = TextDiff(from: old, to: old.replacing("line 10\n", with: "line ten\nmore\n"))
    #expect(
      diff.text(isTerminal: false)
        == " line 7\n line 8\n line 9\n-line 10\n+line ten\n+more\n line 11\n line 12\n line 13\n")
    #expect(TextDiff(from: old, to: old).text(isTerminal: false) == "no line differs\n")
    #expect(TextDiff(from: "", to: "a\n").lines == [.init(change: .added, text: "a")])
  }

  @Test(
    "a workflow that is not understood is refused",
    arguments: [
      "", "name: x", "name: x\nchannels: [a]\nroles: {}\nsteps: []\nextra: 1", "[",
      "name: x\nchannels: [a]\nroles: {l: [g]}\nsteps: [{name: s, all-of: [l], withn: 1h}]",
      "name: x\nchannels: [a]\nroles: {l: [g]}\nsteps: [{name: s, all-of: [l], within: soon}]",
      "name: x\nchannels: [a]\nroles: {l: [g]}\nsteps: [{name: s, all-of: [l], any-of: [l]}]",
      "name: x\nchannels: [a]\nroles: {l: [g]}\nsteps: [{name: s, quorum: 0, of: [l]}]",
      "name: x\nchannels: [a]\nroles: {l: g}\nsteps: [{name: s, all-of: [l]}]",
    ])
  func workflowFaults(_ text: String) {
    #expect(throws: ToolError.self) { try WorkflowFile(text, path: "w.yaml") }
  }

  @Test("a workflow is read as it is written")
  func workflow() throws {
    let file = try WorkflowFile(
      """
      name: marketing
      channels: [email, web]
      roles: {legal: [grace], brand: [edsger, ada]}
      steps:
        - {name: legal, all-of: [legal], within: 48h}
        - {name: brand, quorum: 2, of: [brand, legal]}
      """, path: "w.yaml")
    #expect(
      file.workflow
        == Content.Workflow(
          name: "marketing", channels: ["email", "web"], locales: ["*"],
          roles: [
            .init(name: "brand", people: ["edsger", "ada"]),
            .init(name: "legal", people: ["grace"]),
          ],
          steps: [
            .init(name: "legal", need: "all-of", roles: ["legal"], within: 172_800),
            .init(name: "brand", need: "quorum", quorum: 2, roles: ["brand", "legal"]),
          ]))
  }
}
