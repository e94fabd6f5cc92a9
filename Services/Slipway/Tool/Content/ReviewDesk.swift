internal import Contracts
internal import Synchronization

/// One person's session over the items that wait for them.
final class ReviewDesk: Sendable {
  private struct Counts {
    var approved = 0
    var rejected = 0
    var changes = 0
    var skipped = 0
  }

  private let session: Session
  private let counts = Mutex(Counts())

  init(session: Session) {
    self.session = session
  }

  var summary: String {
    counts.withLock {
      "\($0.approved) approved, \($0.rejected) rejected, \($0.changes) sent back, "
        + "\($0.skipped) left"
    }
  }

  /// Shows an item and does what is answered, until it is decided on or left.
  ///
  /// - Returns: whether the person goes on.
  func review(_ id: String, place: Int, of count: Int) async throws -> Bool {
    var item = try await show(id, place: place, of: count)
    while true {
      guard let answer = try await ask() else {
        counts.withLock { $0.skipped += count - place + 1 }
        return false
      }
      do {
        switch answer {
        case .approve:
          try await decide("approve", item, "")
          counts.withLock { $0.approved += 1 }
          return true
        case .reject(let reason):
          try await decide("reject", item, reason)
          counts.withLock { $0.rejected += 1 }
          return true
        case .changes(let reason):
          try await decide("request-changes", item, reason)
          counts.withLock { $0.changes += 1 }
          return true
        case .comment(let text):
          _ = try await session.call(
            Content.API.commentItem,
            Content.CommentItemRequest(
              requestKey: Session.requestKey(), item: item.id, text: text))
          session.note("noted")
        case .diff: try await showDiff(item)
        case .skip:
          counts.withLock { $0.skipped += 1 }
          return true
        }
      } catch let error as ToolError where error.status == .refused || error.status == .failed {
        // Somebody was faster, or it is not theirs to decide. A program's next answer is for the next item.
        session.context.output.complain("not done: \(error.message)\n")
        item = try await session.item(id)
        guard item.state == "review", error.status == .failed, session.context.input.isTerminal
        else {
          counts.withLock { $0.skipped += 1 }
          return true
        }
        item = try await show(id, place: place, of: count)
      }
    }
  }

  private func show(_ id: String, place: Int, of count: Int) async throws -> Content.Item {
    let item = try await session.item(id)
    let text = ItemText(isTerminal: session.context.output.isTerminal)
    session.context.output.write("\n[\(place) of \(count)] \(text.whole(item))")
    return item
  }

  private func decide(_ decision: String, _ item: Content.Item, _ reason: String) async throws {
    let after = try await session.call(
      Content.API.decideItem,
      Content.DecideItemRequest(
        requestKey: Session.requestKey(), item: item.id, decision: decision,
        digest: try item.seenDigest(), reason: reason))
    let needs = after.needs.isEmpty ? "" : ", needs \(after.needs)"
    session.note("\(item.id): \(after.state)\(needs)")
  }

  private func showDiff(_ item: Content.Item) async throws {
    guard let newest = item.revision?.number, newest > 1 else {
      return session.note("it is the first revision")
    }
    let old = try await session.call(
      Content.API.getRevision, Content.GetRevisionRequest(item: item.id, number: newest - 1))
    let diff = TextDiff(
      from: String(decoding: old.content, as: UTF8.self),
      to: String(decoding: item.revision?.content ?? [], as: UTF8.self))
    session.context.output.write(
      ItemText.purposeDiff(old, item.revision ?? Content.Revision())
        + diff.text(isTerminal: session.context.output.isTerminal))
  }

  /// Nil at the end of the input, and for whoever wants to end.
  private func ask() async throws -> ReviewAnswer? {
    let input = session.context.input
    while true {
      if !input.isTerminal {
        guard let line = await input.line() else { return nil }
        if let answer = try ReviewAnswer.parse(line) { return answer }
        return nil
      }
      session.context.output.complain(
        "a approve · r reject · m request changes · c comment · d diff · s skip · q quit: ")
      let key = await input.key()
      session.context.output.complain("\(key.map { $0.isLetter ? String($0) : "" } ?? "")\n")
      switch key {
      case "a": return .approve
      case "r": if let reason = await text("why: ") { return .reject(reason) }
      case "m": if let reason = await text("what is to change: ") { return .changes(reason) }
      case "c": if let text = await text("comment: ") { return .comment(text) }
      case "d": return .diff
      case "s": return .skip
      case nil, "q", "\u{3}", "\u{4}": return nil
      default: break
      }
    }
  }

  /// Nil for nothing: whoever changes their mind types none.
  private func text(_ prompt: String) async -> String? {
    session.context.output.complain(prompt)
    guard let line = await session.context.input.line(), !line.isEmpty else { return nil }
    return line
  }
}
