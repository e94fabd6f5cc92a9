import Foundation
import IntegrationSuite
import Testing

extension IntegrationTests {
  /// Policies from the folder of who writes them to the verdict and the log.
  @Suite(.serialized, .timeLimit(.minutes(10))) struct PolicyTests {
    private static let policy = """
      policy: marketing
      version: 'VERSION'
      rules:
        - {name: claims.cure, kind: claims, phrases: [cures cancer]}
        - {name: pii, kind: personal-data}
      styles:
        - folder: styles/House
          levels: {error: hold}
      examples:
        - {text: It cures  cancer., action: block, rules: [claims.cure]}
        - text: Pay with 4111 1111 1111 1111
          action: redact
          redacted: Pay with <CREDIT_CARD>
      """
    private static let style = """
      extends: existence
      message: "Don't say '%s'"
      level: error
      tokens: [leverage]
      """

    @Test func `a bundle is tested, pushed, approved, bound, asked and logged`() async throws {
      try await withFreshSuite { suite in
        try await suite.makePeople()
        let bundle = try folder("bundle", version: "1", on: suite)
        let tested = try await suite.slipway("policy", "test", bundle, "--json").succeeded()
        #expect(tested.contains("\"examples\" : 2"))
        let pushed = try await suite.slipway(
          "policy", "push", bundle, "--json", "--reason", "spring", as: People.pusher
        ).succeeded()
        let digest = try #require(pushed.firstMatch(of: /sha256:[0-9a-f]{64}/)).0
        let again = try await suite.slipway("policy", "push", bundle, "--json", as: People.pusher)
          .succeeded()
        #expect(again.contains(digest))

        try await expectApprovals(suite)
        try await suite.slipway(
          "policy", "bind", "marketing", "--channel", "mail", as: People.pusher
        )
        .succeeded()
        let listed = try await suite.slipway("policy", "list", "--bindings", as: People.pusher)
          .succeeded()
        #expect(listed.contains("mail"))
        try await expectVerdicts(suite)
        try await expectDifferences(bundle, suite)

        let governor = try #require(suite.processes(of: "content-governor").first)
        try suite.killNow(governor)
        try await suite.waitForRestart(of: "content-governor", after: governor)
        try await expectVerdicts(suite)
        _ = try await eventually("the policy's changes to be in the log") {
          let text = try await suite.slipway("audit", "query", "--format", "jsonl", "--all")
            .succeeded()
          let kinds = ["policy.push", "policy.approve", "policy.bind"].map { kind in
            text.components(separatedBy: "\"\(kind)\"").count > 1
          }
          return kinds.allSatisfy { $0 } ? true : nil
        }
      }
    }

    @Test func `a bad rule is refused with file and line, before anything is kept`() async throws {
      try await withFreshSuite { suite in
        try await suite.makePeople()
        let bundle = try folder("bundle", version: "1", on: suite)
        try Data("extends: script\nmessage: m\n".utf8).write(
          to: URL(filePath: "\(bundle)/styles/House/Script.yml"))
        for verb in ["test", "push"] {
          let result = try await suite.slipway("policy", verb, bundle, as: People.pusher)
          #expect(result.status != 0)
          #expect(result.errors.contains("styles/House/Script.yml:1: expected"))
          #expect(result.errors.contains("`script`, which is not supported"))
        }
        let listed = try await suite.slipway("policy", "list", "--json", as: People.pusher)
          .succeeded()
        #expect(
          listed.trimmingCharacters(in: .whitespacesAndNewlines).filter { !$0.isWhitespace } == "[]"
        )
      }
    }

    private func expectApprovals(_ suite: RunningSuite) async throws {
      let own = try await suite.slipway("policy", "approve", "marketing", as: People.pusher)
      #expect(own.status == 3, "\(own.errors)")
      let early = try await suite.slipway("policy", "bind", "marketing", as: People.pusher)
      #expect(early.errors.contains("0 of 2 approvals"), "\(early.errors)")
      for approver in People.approvers.prefix(2) {
        try await suite.slipway("policy", "approve", "marketing", as: approver).succeeded()
      }
    }

    private func expectVerdicts(_ suite: RunningSuite) async throws {
      let texts = [
        ("a.txt", "All is well.", "allow", Int32(0)),
        ("b.txt", "Card 4111 1111 1111 1111", "redact", 0),
        ("c.md", "We **leverage** it", "hold", 3),
        ("d.html", "<p>It cures <i>can</i>cer", "block", 3),
      ]
      for (name, text, action, status) in texts {
        let file = suite.folder.home.appending(path: name)
        try Data(text.utf8).write(to: file)
        let result = try await suite.slipway(
          "policy", "check", file.path, "--channel", "mail", "--json", as: People.pusher)
        #expect(result.status == status, "\(result.errors)")
        #expect(result.output.contains("\"action\" : \"\(action)\""), "\(result.output)")
        #expect(!result.output.contains("4111 1111"))
      }
      let none = try await suite.slipway(
        "policy", "check", suite.folder.home.appending(path: "a.txt").path, "--channel", "other",
        as: People.pusher)
      #expect(none.status == 4, "\(none.errors)")
    }

    private func expectDifferences(_ bundle: String, _ suite: RunningSuite) async throws {
      let newer = try folder("newer", version: "2", on: suite)
      try Data(Self.style.replacing("leverage", with: "well").utf8).write(
        to: URL(filePath: "\(newer)/styles/House/New.yml"))
      let diff = try await suite.slipway("policy", "diff", "marketing", newer, as: People.pusher)
        .succeeded()
      #expect(diff.contains("House.New") && diff.contains("policy.yml"))
      let texts = suite.folder.home.appending(path: "texts")
      try FileManager.default.createDirectory(at: texts, withIntermediateDirectories: true)
      try Data("All is well.".utf8).write(to: texts.appending(path: "released.txt"))
      let before = try await suite.slipway("policy", "preview", bundle, texts.path)
      let after = try await suite.slipway("policy", "preview", newer, texts.path)
      #expect(before.status == 0 && after.status == 3)
      #expect(after.output.contains("House.New"))
    }

    private func folder(
      _ name: String, version: String, on suite: RunningSuite
    ) throws -> String {
      let folder = suite.folder.home.appending(path: name)
      let styles = folder.appending(path: "styles/House")
      try FileManager.default.createDirectory(at: styles, withIntermediateDirectories: true)
      try Data(Self.policy.replacing("VERSION", with: version).utf8).write(
        to: folder.appending(path: "policy.yml"))
      try Data(Self.style.utf8).write(to: styles.appending(path: "Leverage.yml"))
      return folder.path
    }
  }
}
