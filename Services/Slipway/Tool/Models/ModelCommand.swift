internal import ArgumentParser
internal import Contracts

struct ModelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "Models and their versions.",
    subcommands: [
      PushCommand.self, List.self, Show.self, VerifyCommand.self, Alias.self,
    ])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List models.")

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
      let session = try await connection.session()
      let models = try await session.models()
      session.present(PresentableList(elements: models.map(ModelView.init)))
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show a model's versions, or one version's files, probe and approvals.")

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The model.")
    var model: String
    @Argument(help: "A version by number or alias.")
    var version: String?

    func run() async throws {
      let session = try await connection.session()
      guard let version else {
        let model = try await session.model(model)
        if connection.json { return session.present(ModelView(model)) }
        return session.present(PresentableList(elements: model.versions.map(VersionView.init)))
      }
      session.present(
        VersionDetail(
          version: VersionView(
            try await session.call(
              Registry.API.getVersion,
              Registry.GetVersionRequest(model: model, version: version)))))
    }
  }

  struct Alias: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Move an alias of a model to a version.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var reason: KeyCommand.Reason
    @Argument(help: "The model.")
    var model: String
    @Argument(help: "The alias, such as stable.")
    var alias: String
    @Argument(help: "Number of the version.")
    var version: UInt32

    func run() async throws {
      let session = try await connection.session()
      let model = try await session.call(
        Registry.API.setAlias,
        Registry.SetAliasRequest(
          model: model, alias: alias, version: version, reason: reason.reason))
      session.present(ModelView(model))
    }
  }
}

extension Session {
  /// Every model, page by page.
  func models() async throws(ToolError) -> [Registry.Model] {
    var models: [Registry.Model] = []
    var after = ""
    repeat {
      let page = try await call(
        Registry.API.listModels, Registry.ListModelsRequest(after: after, limit: 1000))
      models += page.models
      guard page.next > after || page.next.isEmpty else { break }
      after = page.next
    } while !after.isEmpty
    return models
  }
}
