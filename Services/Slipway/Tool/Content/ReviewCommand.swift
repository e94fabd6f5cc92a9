internal import ArgumentParser
internal import Contracts

struct ReviewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "review", abstract: "Go through what waits for your decision.",
    discussion: """
      Shows one item after the other, the nearest deadline first, with what policy found in it, and asks \
      for one key. Piped, it reads a line for each item instead: approve, reject REASON, \
      changes REASON, skip or quit; comment TEXT and diff stay with the item. Without any input it shows \
      the first item and decides nothing.
      """)

  @OptionGroup var connection: ConnectionOptions
  @Argument(help: "Only these items.")
  var items: [String] = []

  func run() async throws {
    let session = try await connection.session()
    let queue = try await session.call(
      Content.API.listReviews, Content.ListReviewsRequest(limit: 1000)
    ).items.filter { items.isEmpty || items.contains($0.id) }
    if session.isJSON {
      return session.present(PresentableList(elements: queue.map { ItemRow($0) }))
    }
    guard !queue.isEmpty else { return session.note("nothing waits for your decision") }
    let desk = ReviewDesk(session: session)
    for (place, waiting) in queue.enumerated() {
      guard try await desk.review(waiting.id, place: place + 1, of: queue.count) else { break }
    }
    session.note(desk.summary)
  }
}
