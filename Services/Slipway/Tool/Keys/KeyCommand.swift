internal import ArgumentParser
internal import Contracts
internal import Trust

struct KeyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "API keys: who may call what, and how much.",
    subcommands: [Create.self, List.self, Expire.self, Revoke.self, Rotate.self])

  /// Options of commands that change a key.
  struct Reason: ParsableArguments {
    @Option(help: "Why, for the log.")
    var reason = ""
  }

  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a key. Its secret is shown once and stored nowhere.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var reason: Reason
    @OptionGroup var secret: SecretOptions
    @Argument(help: "Who will use it.")
    var principal: String
    @Option(
      name: .customLong("role"),
      help: "developer, deployer, approver, operator, auditor or admin; may be repeated.")
    var roles: [String] = []
    @Option(
      name: .customLong("model"),
      help: "A model that it may call, `*` for all; may be repeated. A developer needs one.")
    var models: [String] = []
    @Option(
      parsing: .unconditional, help: .number("Calls a second; 0 for no limit.", default: 0),
      transform: WholeNumber.parse)
    var requestsPerSecond: UInt32 = 0
    @Option(
      parsing: .unconditional, help: .number("Calls at once; 0 for no limit.", default: 0),
      transform: WholeNumber.parse)
    var inFlightMax: UInt32 = 0
    @Option(
      parsing: .unconditional,
      help: .time("How long it is good, such as 90d; for ever if not given."),
      transform: TimeSpan.parse)
    var expiresIn: TimeSpan?

    func validate() throws {
      guard !roles.contains("developer") || !models.isEmpty else {
        throw ValidationError(
          "a developer's key calls only the models that it names: expected --model NAME, or --model '*' for all of them"
        )
      }
    }

    func run() async throws {
      let session = try await connection.session()
      let response = try await session.call(
        Gateway.API.createKey,
        Gateway.CreateKeyRequest(
          principal: principal, roles: roles, models: models,
          limits: Gateway.Limits(
            requestsPerSecond: requestsPerSecond, inFlightMax: inFlightMax),
          expiresAt: session.context.expiry(expiresIn), reason: reason.reason))
      try secret.show(response, in: session)
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List keys, without their secrets.")

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
      let session = try await connection.session()
      let response = try await session.call(Gateway.API.listKeys, Gateway.ListKeysRequest())
      session.present(PresentableList(elements: response.keys.map { KeyView($0) }))
    }
  }

  struct Expire: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Change when a key ends.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var reason: Reason
    @Argument(help: "Id of the key.")
    var id: String
    @Option(
      name: .customLong("in"), parsing: .unconditional, help: .time("From now, such as 7d."),
      transform: TimeSpan.parse)
    var span: TimeSpan

    func run() async throws {
      let session = try await connection.session()
      let key = try await session.call(
        Gateway.API.expireKey,
        Gateway.ExpireKeyRequest(
          id: id, expiresAt: session.context.expiry(span), reason: reason.reason))
      session.present(KeyView(key))
    }
  }

  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "End a key at once.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var reason: Reason
    @Argument(help: "Id of the key.")
    var id: String

    func run() async throws {
      let session = try await connection.session()
      let key = try await session.call(
        Gateway.API.revokeKey, Gateway.RevokeKeyRequest(id: id, reason: reason.reason))
      session.present(KeyView(key))
    }
  }

  struct Rotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a key's successor; the old one stays good for the overlap.")
    private static let overlapDefault = TimeSpan.seconds(86_400)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var reason: Reason
    @OptionGroup var secret: SecretOptions
    @Argument(help: "Id of the key.")
    var id: String
    @Option(
      parsing: .unconditional,
      help: .time("How long both keys are good.", default: Self.overlapDefault),
      transform: TimeSpan.parse)
    var overlap: TimeSpan = Self.overlapDefault

    func run() async throws {
      let session = try await connection.session()
      let response = try await session.call(
        Gateway.API.rotateKey,
        Gateway.RotateKeyRequest(
          id: id, overlapSeconds: UInt64(overlap.duration.components.seconds),
          reason: reason.reason))
      try secret.show(response, in: session)
    }
  }
}

/// Where a new key's secret goes.
struct SecretOptions: ParsableArguments {
  @Option(
    help: "Write the key to this new file (0600) instead of the terminal.", completion: .file())
  var out: String?

  func show(_ response: Gateway.CreateKeyResponse, in session: Session) throws {
    guard let key = response.key else {
      throw ToolError(.failed, "the gateway made a key and did not say which")
    }
    guard let out else {
      session.present(KeyView(key, secret: response.secret))
      if !session.isJSON { session.context.output.write("\(response.secret)\n") }
      return session.note("the last line is the key; it cannot be shown again")
    }
    guard SecretFile.create(out, "\(response.secret)\n") else {
      session.context.output.write("\(response.secret)\n")
      throw ToolError(
        .failed, "the key was made but `\(out)` exists or can't be written",
        advice: "keep the key that is shown, or revoke \(key.id)")
    }
    session.present(KeyView(key))
  }
}

extension ToolContext {
  /// Nanoseconds since 1970, `span` from now; 0 for never.
  func expiry(_ span: TimeSpan?) -> Int64 {
    span.map { now().adding($0.duration).millisecondsSinceEpoch * 1_000_000 } ?? 0
  }
}
