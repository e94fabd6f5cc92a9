/// Waiting calls of one signature, the next one first. Those that have left in another way stay in it
/// until they come up, or until they are most of it.
struct TicketHeap: Sendable {
  struct Entry: Sendable, Comparable {
    /// Smaller goes first.
    var turn: Int64
    var ticket: AdmissionTicket

    static func < (left: Self, right: Self) -> Bool {
      left.turn == right.turn ? left.ticket < right.ticket : left.turn < right.turn
    }
  }

  private var entries: [Entry] = []

  var count: Int { entries.count }
  var first: Entry? { entries.first }

  mutating func insert(_ entry: Entry) {
    entries.append(entry)
    var child = entries.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard entries[child] < entries[parent] else { return }
      entries.swapAt(child, parent)
      child = parent
    }
  }

  mutating func removeFirst() {
    guard let last = entries.popLast(), !entries.isEmpty else { return }
    entries[0] = last
    var parent = 0
    while true {
      let left = 2 * parent + 1
      guard left < entries.count else { return }
      let right = left + 1
      let child = right < entries.count && entries[right] < entries[left] ? right : left
      guard entries[child] < entries[parent] else { return }
      entries.swapAt(child, parent)
      parent = child
    }
  }

  mutating func removeAll(where isGone: (AdmissionTicket) -> Bool) {
    let rest = entries.filter { !isGone($0.ticket) }
    // A sorted array is a heap.
    entries = rest.sorted()
  }
}
