/// One event loop's copy of the current routes: a single load tells whether there are newer ones.
package struct RouteReader {
  private let book: RouteBook
  private var revision: UInt64
  private var cached: RouteTable

  package init(_ book: RouteBook) {
    self.book = book
    // The number first: a table that is newer than its number is only read again.
    revision = book.currentRevision
    cached = book.table
  }

  /// The routes now.
  package mutating func table() -> RouteTable {
    let current = book.currentRevision
    if current != revision {
      revision = current
      cached = book.table
    }
    return cached
  }
}
