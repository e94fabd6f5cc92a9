internal import ArgumentParser
internal import Foundation
internal import Trust

struct IdentityCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "identity", abstract: "People's signing keys: for pushes and approvals.",
    subcommands: [Create.self, Show.self])

  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a signing key. It stays on this machine; only its public half is shown.")

    @OptionGroup var output: OutputOptions
    @Argument(help: "Whose key it is.")
    var name: String
    @Option(
      help: "Path of the new key instead of ~/.config/slipway/identities/NAME.key.",
      completion: .file())
    var file: String?

    func run() async throws {
      let context = try ToolContext.current()
      if let fault = Name.fault(name) { throw ToolError(.usage, "the name `\(name)` \(fault)") }
      let folder = IdentityFolder(context)
      if file == nil { try folder.make() }
      let path = file ?? folder.keyPath(name)
      let key = try SigningKey.generate(comment: name)
      try key.save(to: path)
      let publicPath = (path.hasSuffix(".key") ? String(path.dropLast(4)) : path) + ".pub"
      try Data("\(key.verifyingKey)\n".utf8).write(to: URL(fileURLWithPath: publicPath))
      context.present(IdentityView(key.verifyingKey, path: path), isJSON: output.json)
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show the public half of a key.")

    @OptionGroup var output: OutputOptions
    @Argument(help: "Name or path of the key.", completion: .file())
    var identity: String

    func run() async throws {
      let context = try ToolContext.current()
      let key = try IdentityFolder(context).verifyingKey(identity)
      context.present(IdentityView(key, path: nil), isJSON: output.json)
    }
  }
}

struct IdentityView: PresentableRow {
  static let columns = ["NAME", "KEY ID", "FILE", "PUBLIC KEY"]

  var name: String
  var keyID: String
  var file: String?
  var publicKey: String

  init(_ key: VerifyingKey, path: String?) {
    name = key.comment
    keyID = key.identifier.description
    file = path
    publicKey = key.description
  }

  var row: [String] { [name, String(keyID.prefix(12)), file ?? "", publicKey] }
}
