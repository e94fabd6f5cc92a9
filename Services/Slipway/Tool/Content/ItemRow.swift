internal import Contracts

/// An item in a list.
struct ItemRow: PresentableRow {
  static let columns = [
    "ITEM", "STATE", "CHANNEL", "LOCALE", "AUTHOR", "REVISION", "STEP", "NEEDS", "DUE",
  ]
  var id: String
  var state: String
  var channel: String
  var locale: String
  var audience: String
  var author: String
  var revision: UInt32
  var step: String
  var needs: String
  var dueAt: String?

  init(_ item: Content.Item) {
    id = item.id
    state = item.state
    channel = item.purpose?.channel ?? ""
    locale = item.purpose?.locale ?? ""
    audience = item.purpose?.audience ?? ""
    author = item.author
    revision = item.revision?.number ?? 0
    step = item.step
    needs = item.needs
    dueAt = Spelling.time(item.dueAt)
  }

  var row: [String] {
    [id, state, channel, locale, author, "\(revision)", step, needs, dueAt ?? ""]
  }
}

/// Who has got what.
struct DeliveryRow: PresentableRow {
  static let columns = ["ITEM", "REVISION", "RECIPIENT", "AT"]
  var item: String
  var revision: UInt32
  var recipient: String
  var at: String?

  init(_ delivery: Content.Delivery) {
    item = delivery.item
    revision = delivery.revision
    recipient = delivery.recipient
    at = Spelling.time(delivery.at)
  }

  var row: [String] { [item, "\(revision)", recipient, at ?? ""] }
}
