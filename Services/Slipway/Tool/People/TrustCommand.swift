internal import ArgumentParser
internal import SlipwaySupervisor
internal import Trust

struct TrustCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trust", abstract: "Whose signatures count on this machine: DIR/trust.json.",
    subcommands: [Add.self, List.self, Remove.self])

  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Trust a person's key.")

    @OptionGroup var place: StateOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "Whose key it is.")
    var person: String
    @Option(
      help: "Name or path of the key (either half), or the line of its public half.",
      completion: .file())
    var identity: String
    @Option(
      name: .customLong("role"),
      help: "What its signature is good for: pusher or approver; may be repeated.")
    var roles: [String]
    @Option(
      parsing: .unconditional, help: .time("How long, such as 365d; for ever if not given."),
      transform: TimeSpan.parse)
    var expiresIn: TimeSpan?

    func run() async throws {
      let context = try ToolContext.current()
      let key = try IdentityFolder(context).verifyingKey(identity)
      let path = place.directory(context).trustFile
      var document = try TrustDocument.load(path)
      let expiresAt = expiresIn.map { context.now().adding($0.duration).wholeSeconds.description }
      document.add(
        .init(key: key.description, expiresAt: expiresAt), of: person, roles: roles)
      try document.save(path)
      context.present(document.views(of: person), isJSON: output.json)
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List who is trusted with what.")

    @OptionGroup var place: StateOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let context = try ToolContext.current()
      let document = try TrustDocument.load(place.directory(context).trustFile)
      context.present(document.views(of: nil), isJSON: output.json)
    }
  }

  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Stop trusting a person or a key.")

    @OptionGroup var place: StateOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The person.")
    var person: String
    @Option(help: "Only the key whose id starts with this.")
    var keyID: String?

    func run() async throws {
      let context = try ToolContext.current()
      let path = place.directory(context).trustFile
      var document = try TrustDocument.load(path)
      guard document.remove(person, key: keyID) else {
        throw ToolError(
          .notFound,
          "`\(path)` does not trust \(keyID.map { "a key `\($0)` of " } ?? "")`\(person)`",
          advice: "see `slipway trust list`")
      }
      try document.save(path)
      context.present(document.views(of: nil), isJSON: output.json)
    }
  }
}

extension TrustDocument {
  fileprivate func views(of person: String?) -> PresentableList<TrustView> {
    PresentableList(
      elements: people.filter { person == nil || $0.person == person }.flatMap { person in
        person.keys.map { TrustView(person, $0) }
      })
  }
}

struct TrustView: PresentableRow {
  static let columns = ["PERSON", "ROLES", "KEY ID", "EXPIRES", "STATE"]

  var person: String
  var roles: [String]
  var keyID: String
  var expiresAt: String?
  var revoked: Bool

  init(_ person: TrustDocument.Person, _ key: TrustDocument.Key) {
    self.person = person.person
    roles = person.roles
    keyID = (try? VerifyingKey(key.key))?.identifier.description ?? ""
    expiresAt = key.expiresAt
    revoked = key.revoked ?? false
  }

  var row: [String] {
    [
      person, roles.joined(separator: ","), String(keyID.prefix(12)), expiresAt ?? "never",
      revoked ? "revoked" : "trusted",
    ]
  }
}
