internal import ArgumentParser
internal import Contracts
internal import Foundation

struct ItemCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "item", abstract: "Content on its way to its audience.",
    discussion: """
      An item is checked against policy, decided on by the people whom its workflow asks, and released. \
      Every decision is on exactly one content for one purpose: whatever is changed afterwards voids it.
      """,
    subcommands: [
      ItemSubmit.self, ItemRevise.self, ItemShow.self, ItemList.self, ItemDiff.self,
      ItemComment.self, ItemRelease.self, ItemRecall.self, ItemFetch.self, ItemDeliveries.self,
    ])
}

struct ItemSubmit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit", abstract: "Put content under review.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var purpose: PurposeOptions
  @OptionGroup var reason: KeyCommand.Reason
  @Argument(help: "The content, or - for what is piped in.", completion: .file())
  var file: String
  @Option(
    name: .customLong("about"),
    help: "Somebody whom the content is about; whoever is erased takes it along. May be repeated.")
  var subjects: [String] = []
  @Option(help: "The model that wrote it.")
  var model: String?
  @Option(
    parsing: .unconditional, help: .number("The model's version."), transform: WholeNumber.parse)
  var modelVersion: UInt32?
  @Option(help: "The request that the model answered with it.")
  var request: String?

  func run() async throws {
    let session = try await connection.session()
    let content = try await ContentFile.read(file, session.context)
    let origin = model.map {
      Content.Origin(model: $0, version: modelVersion ?? 0, requestID: request ?? "")
    }
    let item = try await session.call(
      Content.API.submitItem,
      Content.SubmitItemRequest(
        requestKey: Session.requestKey(), purpose: purpose.purpose, content: content,
        origin: origin, subjects: subjects, reason: reason.reason))
    session.present(ItemRow(item))
    session.noteVerdict(item)
  }
}

struct ItemRevise: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revise", abstract: "Replace an item's content; its review begins anew.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var reason: KeyCommand.Reason
  @Argument(help: "The item.")
  var item: String
  @Argument(help: "The content, or - for what is piped in.", completion: .file())
  var file: String?
  @Flag(help: "Take the content as policy would let it through, without what must be taken out.")
  var redacted = false

  func validate() throws {
    guard (file == nil) == redacted else {
      throw ValidationError("expected either a file or --redacted")
    }
  }

  func run() async throws {
    let session = try await connection.session()
    let before = try await session.item(item)
    let content: [UInt8]
    if let file {
      content = try await ContentFile.read(file, session.context)
    } else {
      content = before.revision?.redacted ?? []
      guard !content.isEmpty else {
        throw ToolError(.refused, "policy takes nothing out of item `\(item)`")
      }
    }
    let revised = try await session.call(
      Content.API.reviseItem,
      Content.ReviseItemRequest(
        requestKey: Session.requestKey(), item: item,
        expectedRevision: before.revision?.number ?? 0, content: content, reason: reason.reason))
    session.present(ItemRow(revised))
    session.noteVerdict(revised)
  }
}

struct ItemShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show an item: its content with what policy found, its history.")

  @OptionGroup var connection: ConnectionOptions
  @Argument(help: "The item.")
  var item: String

  func run() async throws {
    let session = try await connection.session()
    let item = try await session.item(item)
    if session.isJSON {
      session.present(ItemDetail(item))
    } else {
      session.context.output.write(
        ItemText(isTerminal: session.context.output.isTerminal).whole(item))
    }
  }
}

struct ItemList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List items.")

  @OptionGroup var connection: ConnectionOptions
  @Option(help: "Only in this state, such as review, approved or released.")
  var status = ""
  @Option(help: "Only for this channel.")
  var channel = ""

  func run() async throws {
    let session = try await connection.session()
    var request = Content.ListItemsRequest(state: status, channel: channel, limit: 1000)
    var items: [Content.Item] = []
    repeat {
      let page = try await session.call(Content.API.listItems, request)
      items += page.items
      request.after = page.next
    } while !request.after.isEmpty
    session.present(PresentableList(elements: items.map { ItemRow($0) }))
  }
}

struct ItemDiff: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Show what changed between two revisions.")

  @OptionGroup var connection: ConnectionOptions
  @Argument(help: "The item.")
  var item: String
  @Option(
    parsing: .unconditional, help: .number("From this revision; the one before if not given."),
    transform: WholeNumber.parse)
  var from: UInt32?
  @Option(
    parsing: .unconditional, help: .number("To this revision; the newest if not given."),
    transform: WholeNumber.parse)
  var to: UInt32?

  func run() async throws {
    let session = try await connection.session()
    let newest = try await session.item(item).revision?.number ?? 1
    let to = to ?? newest
    let from = from ?? max(1, to - min(to, 1))
    let old = try await session.call(
      Content.API.getRevision, Content.GetRevisionRequest(item: item, number: from))
    let new = try await session.call(
      Content.API.getRevision, Content.GetRevisionRequest(item: item, number: to))
    let diff = TextDiff(
      from: String(decoding: old.content, as: UTF8.self),
      to: String(decoding: new.content, as: UTF8.self))
    if session.isJSON {
      session.present(diff)
    } else {
      let text = diff.text(isTerminal: session.context.output.isTerminal)
      session.context.output.write(ItemText.purposeDiff(old, new) + text)
    }
  }
}

struct ItemComment: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "comment", abstract: "Say something about an item.")

  @OptionGroup var connection: ConnectionOptions
  @Argument(help: "The item.")
  var item: String
  @Argument(help: "What you say.")
  var text: String

  func run() async throws {
    let session = try await connection.session()
    let item = try await session.call(
      Content.API.commentItem,
      Content.CommentItemRequest(requestKey: Session.requestKey(), item: item, text: text))
    session.present(ItemRow(item))
  }
}

extension Session {
  /// Says what policy made of an item, and what comes next.
  func noteVerdict(_ item: Content.Item) {
    let findings = item.revision?.findings ?? []
    if !findings.isEmpty {
      note("policy says \(item.revision?.verdict ?? ""):")
      for finding in findings { note("  \(finding.rule): \(finding.reason)") }
    }
    if item.revision?.redacted.isEmpty == false {
      note("next: `slipway item revise \(item.id) --redacted`, or revise it yourself")
    } else if item.state == "review" {
      note("next: \(item.needs) must approve it, with `slipway review`")
    }
  }
}
