internal import ArgumentParser

struct PolicyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy",
    abstract: "Policies: what content is held against.",
    discussion: """
      A bundle is a folder with policy.yml, and Vale's styles and dictionaries beside it. `test` holds \
      it against its own examples, here; `push` keeps it with the governor, two others approve it, and \
      `bind` puts it in force for a model, a channel or a locale.
      """,
    subcommands: [
      PolicyPush.self, PolicyApprove.self, PolicyBind.self, PolicyList.self, PolicyTest.self,
      PolicyCheck.self, PolicyPreview.self, PolicyDiff.self,
    ])
}
