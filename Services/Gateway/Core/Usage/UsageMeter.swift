import Synchronization

/// Counts usage in memory until it is flushed, in one copy per event loop so that loops never wait for
/// each other.
package final class UsageMeter: Sendable {
  private let stripes: [Stripe]

  /// Cells that one copy holds between two flushes; what further ones use is lost, and counted as such.
  package static let cellsMax = 65_536

  private final class Stripe: Sendable {
    let state = Mutex(State())
  }

  private struct State {
    var cells: [UsageCell] = []
    var counts: [UsageCount] = []
    var indexOfCell: [UsageCell: Int] = [:]
    /// Callers come in runs: the last cell is mostly the next one, and comparing is cheaper than hashing.
    var last = 0
    var lost: UInt64 = 0
  }

  /// - Parameter stripeCount: copies; one for each event loop.
  package init(stripeCount: Int) {
    stripes = (0..<max(1, stripeCount)).map { _ in Stripe() }
  }

  /// Adds what a call used.
  ///
  /// - Parameter stripe: number of the event loop.
  package func add(_ count: UsageCount, to cell: UsageCell, stripe: Int) {
    stripes[stripe % stripes.count].state.withLock { Self.add(count, to: cell, in: &$0) }
  }

  /// Calls that were not counted, because there were too many keys and models at once.
  package var lostCount: UInt64 {
    stripes.reduce(0) { sum, stripe in sum &+ stripe.state.withLock { $0.lost } }
  }

  /// Takes everything that was counted since the last time.
  package func take() -> [UsageCell: UsageCount] {
    var merged: [UsageCell: UsageCount] = [:]
    for stripe in stripes {
      let (cells, counts) = stripe.state.withLock { state in
        let taken = (state.cells, state.counts)
        state.cells = []
        state.counts = []
        state.indexOfCell.removeAll(keepingCapacity: true)
        return taken
      }
      for (cell, count) in zip(cells, counts) { merged[cell, default: UsageCount()].add(count) }
    }
    return merged
  }

  /// Gives back what could not be stored; the next flush has it again.
  package func giveBack(_ counts: [UsageCell: UsageCount]) {
    stripes[0].state.withLock { state in
      for (cell, count) in counts { Self.add(count, to: cell, in: &state) }
    }
  }

  private static func add(_ count: UsageCount, to cell: UsageCell, in state: inout State) {
    if state.last < state.cells.count, state.cells[state.last] == cell {
      state.counts[state.last].add(count)
      return
    }
    if let index = state.indexOfCell[cell] {
      state.last = index
      state.counts[index].add(count)
      return
    }
    guard state.cells.count < cellsMax else {
      state.lost &+= count.requests &+ count.refused
      return
    }
    state.last = state.cells.count
    state.indexOfCell[cell] = state.cells.count
    state.cells.append(cell)
    state.counts.append(count)
  }
}
