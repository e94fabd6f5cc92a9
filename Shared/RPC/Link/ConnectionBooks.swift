/// What one side of a connection keeps for calls; nothing of it when every call has ended.
package struct ConnectionBooks: Sendable, Hashable {
  /// Calls that have begun and not ended.
  package var callCount = 0
  /// Handlers that have not returned.
  package var taskCount = 0
  /// Body bytes of requests.
  package var heldByteCount = 0
  /// Bytes that wait for credit.
  package var waitingByteCount = 0
  /// Streams whose credit is counted for what we send.
  package var outgoingCount = 0
  /// Tasks and raw handlers that wait until they may write.
  package var writerCount = 0

  package init() {}
}

extension ClientConnection {
  package var books: ConnectionBooks {
    var books = ConnectionBooks()
    books.callCount = calls.count
    books.waitingByteCount = sink.waitingByteCount
    books.outgoingCount = sink.streamCount
    books.writerCount = writers.count
    return books
  }
}

extension ServerConnection {
  package var books: ConnectionBooks {
    var books = ConnectionBooks()
    books.callCount = streams.count
    books.taskCount = taskCount
    books.heldByteCount = heldByteCount
    books.waitingByteCount = sink.waitingByteCount
    books.outgoingCount = sink.streamCount
    books.writerCount = writers.count + rawWriters.count
    return books
  }
}
