internal import ArgumentParser
internal import Contracts
internal import Foundation
internal import Trust

struct ItemRelease: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "release", abstract: "Let the audience have an approved item.")

  @OptionGroup var connection: ConnectionOptions
  @OptionGroup var reason: KeyCommand.Reason
  @Argument(help: "The item.")
  var item: String
  @Option(
    parsing: .unconditional, help: .time("How long, such as 30d; for ever if not given."),
    transform: TimeSpan.parse)
  var expiresIn: TimeSpan?

  func run() async throws {
    let session = try await connection.session()
    let shown = try await session.item(item)
    let until = expiresIn.map { session.context.now().adding($0.duration) }
    let released = try await session.call(
      Content.API.releaseItem,
      Content.ReleaseItemRequest(
        requestKey: Session.requestKey(), item: item, digest: try shown.seenDigest(),
        until: until.map { $0.millisecondsSinceEpoch * 1_000_000 } ?? 0, reason: reason.reason))
    session.present(ItemRow(released))
  }
}

struct ItemRecall: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recall", abstract: "End an item for good; says who has got it.")

  @OptionGroup var connection: ConnectionOptions
  @Argument(help: "The item.")
  var item: String
  @Option(help: "Why.")
  var reason: String

  func run() async throws {
    let session = try await connection.session()
    let answer = try await session.call(
      Content.API.recallItem,
      Content.RecallItemRequest(requestKey: Session.requestKey(), item: item, reason: reason))
    session.present(PresentableList(elements: answer.deliveries.map { DeliveryRow($0) }))
    session.note(
      answer.deliveries.isEmpty
        ? "recalled \(item): nobody has got it"
        : "recalled \(item): tell those who have got it, above")
  }
}

struct ItemFetch: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch", abstract: "Write a released item's content; it is noted that you have it."
  )

  @OptionGroup var connection: ConnectionOptions
  @Argument(help: "The item.")
  var item: String

  func run() async throws {
    let session = try await connection.session()
    let fetched = try await session.call(
      Content.API.fetchItem, Content.FetchItemRequest(item: item))
    if session.isJSON {
      session.present(FetchedView(fetched))
    } else {
      session.context.output.write(String(decoding: fetched.content, as: UTF8.self))
      if !fetched.marking.isEmpty { session.note("marking: \(fetched.marking)") }
    }
  }
}

struct ItemDeliveries: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deliveries", abstract: "Show who has got an item.")

  @OptionGroup var connection: ConnectionOptions
  @Argument(help: "The item.")
  var item: String

  func run() async throws {
    let session = try await connection.session()
    let answer = try await session.call(
      Content.API.listDeliveries, Content.ListDeliveriesRequest(item: item))
    session.present(PresentableList(elements: answer.deliveries.map { DeliveryRow($0) }))
  }
}

private struct FetchedView: PresentableRow {
  static let columns = ["ITEM", "REVISION", "UNTIL", "CONTENT"]
  let item: String
  let revision: UInt32
  let until: String?
  let content: String
  let marking: String

  init(_ fetched: Content.FetchedItem) {
    item = fetched.item
    revision = fetched.revision
    until = Spelling.time(fetched.until)
    content = String(decoding: fetched.content, as: UTF8.self)
    marking = fetched.marking
  }

  var row: [String] { [item, "\(revision)", until ?? "", content] }
}

extension Content.Item {
  /// The digest of what this item shows, computed from what it shows.
  ///
  /// - Throws: where the governor says another one: a decision would not be on what was seen.
  func seenDigest() throws(ToolError) -> [UInt8] {
    guard let revision, !revision.content.isEmpty else {
      throw ToolError(.refused, "item `\(id)` has no content that could be looked at")
    }
    let purpose = revision.purpose ?? Content.Purpose()
    let bound = BoundContent(
      content: revision.content, channel: purpose.channel, locale: purpose.locale,
      audience: purpose.audience, format: purpose.format, template: revision.templateDigest,
      slot: purpose.slot, bundle: revision.bundle, workflow: revision.workflow,
      workflowRevision: revision.workflowRevision)
    guard bound.digest.bytes == revision.digest else {
      throw ToolError(
        .failed, "the governor's digest of item `\(id)` is not of what it shows: decide nothing")
    }
    return revision.digest
  }
}
