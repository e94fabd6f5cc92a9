/// A call that goes on as long as somebody holds it.
package final class OpenCall: Sendable {
  let connection: ClientConnection
  let stream: UInt32
  let inbox: MessageInbox

  init(connection: ClientConnection, stream: UInt32, inbox: MessageInbox) {
    self.connection = connection
    self.stream = stream
    self.inbox = inbox
  }

  deinit {
    let (connection, stream) = (connection, stream)
    connection.loop.execute { connection.assumeIsolated { $0.abandon(stream) } }
  }

  /// Messages have been read: the server may send as much again.
  func tell(_ read: MessageInbox.Read) {
    let (connection, stream) = (connection, stream)
    connection.loop.execute {
      connection.assumeIsolated { connection in
        connection.giveCreditBack(read.cost, on: stream)
        connection.flushSoon()
      }
    }
  }
}
