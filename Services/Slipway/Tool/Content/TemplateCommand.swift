internal import ArgumentParser
internal import Contracts
internal import Foundation

struct TemplateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "template", abstract: "Templates: locked text with slots for released content.",
    discussion: """
      A template is Mustache with variables only: {{title}} is a slot, all else is locked. What fills a \
      slot is escaped for the place where it stands, so that it stays text.
      """,
    subcommands: [Set.self, Approve.self, List.self, Show.self, Fill.self])

  struct Set: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Add a revision of a template; somebody else approves it.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var reason: KeyCommand.Reason
    @Argument(help: "The template.")
    var name: String
    @Argument(help: "Its text.", completion: .file())
    var file: String
    @Option(help: "html, markdown, json or text: how slots are escaped.")
    var format: String
    @Option(
      name: .customLong("slot"),
      help: "NAME:TYPE or NAME:TYPE:BYTES; the type is text, url or number. May be repeated.",
      transform: SlotOption.parse)
    var slots: [SlotOption] = []

    func run() async throws {
      let session = try await connection.session()
      let template = Content.Template(
        name: name, format: format, body: try await ContentFile.read(file, session.context),
        slots: slots.map(\.slot))
      let kept = try await session.call(
        Content.API.setTemplate,
        Content.SetTemplateRequest(
          requestKey: Session.requestKey(), draft: template, reason: reason.reason))
      session.present(TemplateRow(kept))
      session.note("next: somebody else says `slipway template approve \(name) \(kept.revision)`")
    }
  }

  struct Approve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Let a revision of a template be used.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var reason: KeyCommand.Reason
    @Argument(help: "The template.")
    var name: String
    @Argument(help: "Its revision, as you have looked at it.")
    var revision: UInt32

    func run() async throws {
      let session = try await connection.session()
      let shown = try await session.template(name, revision: revision)
      let approved = try await session.call(
        Content.API.approveTemplate,
        Content.ApproveTemplateRequest(
          name: name, revision: revision, digest: shown.digest, reason: reason.reason))
      session.present(TemplateRow(approved))
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List templates, or the revisions of one.")

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "Only this one.")
    var name = ""

    func run() async throws {
      let session = try await connection.session()
      let answer = try await session.call(
        Content.API.listTemplates, Content.ListTemplatesRequest(name: name))
      session.present(PresentableList(elements: answer.templates.map { TemplateRow($0) }))
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show the text of a template.")

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The template.")
    var name: String
    @Option(
      parsing: .unconditional, help: .number("The revision; the newest if not given."),
      transform: WholeNumber.parse)
    var revision: UInt32?

    func run() async throws {
      let session = try await connection.session()
      let template = try await session.template(name, revision: revision)
      if session.isJSON { return session.present(TemplateRow(template)) }
      session.context.output.write(MarkedText.visible(template.body[...]))
    }
  }

  struct Fill: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write a template with released items in its slots; it is noted that you have them."
    )

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The template.")
    var name: String
    @Argument(help: "SLOT=ITEM for each slot.", transform: FillingArgument.parse)
    var fillings: [FillingArgument] = []

    func run() async throws {
      let session = try await connection.session()
      let filled = try await session.call(
        Content.API.fillTemplate,
        Content.FillTemplateRequest(
          name: name, fillings: fillings.map { Content.Filling(slot: $0.slot, item: $0.item) }))
      session.context.output.write(String(decoding: filled.content, as: UTF8.self))
    }
  }
}

/// `NAME:TYPE` or `NAME:TYPE:BYTES`.
struct SlotOption: Sendable {
  let slot: Content.Slot

  static func parse(_ argument: String) throws -> SlotOption {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard (2...3).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }),
      let most = parts.count == 3 ? UInt32(parts[2]) : 0
    else { throw ValidationError("expected NAME:TYPE or NAME:TYPE:BYTES, such as title:text:80") }
    return SlotOption(slot: Content.Slot(name: parts[0], type: parts[1], bytesMax: most))
  }
}

/// `SLOT=ITEM`.
struct FillingArgument: Sendable {
  let slot: String
  let item: String

  static func parse(_ argument: String) throws -> FillingArgument {
    let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { throw ValidationError("expected SLOT=ITEM") }
    return FillingArgument(slot: parts[0], item: parts[1])
  }
}

struct TemplateRow: PresentableRow {
  static let columns = ["TEMPLATE", "REVISION", "FORMAT", "SLOTS", "SET BY", "APPROVED BY"]
  var name: String
  var revision: UInt32
  var format: String
  var slots: [String]
  var digest: String
  var body: String
  var setBy: String
  var setAt: String?
  var approvedBy: String
  var approvedAt: String?

  init(_ template: Content.Template) {
    name = template.name
    revision = template.revision
    format = template.format
    slots = template.slots.map { "\($0.name):\($0.type)" }
    digest = Spelling.hex(template.digest)
    body = String(decoding: template.body, as: UTF8.self)
    setBy = template.setBy
    setAt = Spelling.time(template.setAt)
    approvedBy = template.approvedBy
    approvedAt = Spelling.time(template.approvedAt)
  }

  var row: [String] {
    [name, "\(revision)", format, slots.joined(separator: ","), setBy, approvedBy]
  }
}

extension Session {
  /// - Parameter revision: the newest if nil.
  fileprivate func template(
    _ name: String, revision: UInt32?
  ) async throws(ToolError) -> Content.Template {
    let answer = try await call(
      Content.API.listTemplates, Content.ListTemplatesRequest(name: name))
    guard
      let found = answer.templates.first(where: { revision == nil || $0.revision == revision })
    else {
      throw ToolError(
        .notFound, "there is no template `\(name)`\(revision.map { " of revision \($0)" } ?? "")",
        advice: "see `slipway template list`")
    }
    return found
  }
}
