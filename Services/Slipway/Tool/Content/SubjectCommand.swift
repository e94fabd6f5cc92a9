internal import ArgumentParser
internal import Contracts

struct SubjectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "subject", abstract: "What is kept about a person: to show it, to erase it.",
    subcommands: [Show.self, Erase.self])

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show everything that content and its review keep about a person.",
      discussion:
        "With --json all of it, with texts, to hand to them. The log itself: `slipway audit query --person NAME`."
    )

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The person.")
    var person: String

    func run() async throws {
      let session = try await connection.session()
      session.present(
        SubjectView(
          try await session.call(
            Content.API.getSubject, Content.GetSubjectRequest(person: person))))
    }
  }

  struct Erase: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Erase a person: the content about them, what they wrote, their name.",
      discussion: """
        The keys are destroyed, so that nobody can read it again; every proof goes on verifying. This \
        can't be undone. Backups that were made before still hold the keys: let them expire.
        """)

    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The person.")
    var person: String
    @Option(help: "Why; stands in the log, so don't name them.")
    var reason: String

    func run() async throws {
      let session = try await connection.session()
      let answer = try await session.call(
        Content.API.eraseSubject, Content.EraseSubjectRequest(person: person, reason: reason))
      guard answer.erased > 0 else {
        throw ToolError(.notFound, "nobody is known as `\(person)`, or they were erased before")
      }
      session.present(
        PresentableList(elements: answer.items.map { ErasedItem(item: $0) }))
      session.note("erased, with the content of \(answer.items.count) items")
    }
  }
}

private struct ErasedItem: PresentableRow {
  static let columns = ["ITEM"]
  var item: String
  var row: [String] { [item] }
}

struct SubjectView: PresentableRow {
  struct Act: Encodable {
    var item: String
    var kind: String
    var revision: UInt32
    var at: String?
    var text: String
  }

  static let columns = ["PERSON", "WRITTEN", "ABOUT", "ACTS", "DELIVERIES", "LOG ENTRIES"]
  var person: String
  var written: [ItemDetail]
  var about: [ItemDetail]
  var acts: [Act]
  var deliveries: [DeliveryRow]
  var logEntries: UInt64

  init(_ subject: Content.Subject) {
    person = subject.person
    written = subject.written.map { ItemDetail($0) }
    about = subject.about.map { ItemDetail($0) }
    acts = subject.acts.map {
      Act(
        item: $0.item, kind: $0.kind, revision: $0.revision, at: Spelling.time($0.at), text: $0.text
      )
    }
    deliveries = subject.deliveries.map { DeliveryRow($0) }
    logEntries = subject.logEntries
  }

  var row: [String] {
    [
      person, "\(written.count)", "\(about.count)", "\(acts.count)", "\(deliveries.count)",
      "\(logEntries)",
    ]
  }
}
