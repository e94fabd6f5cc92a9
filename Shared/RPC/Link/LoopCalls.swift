/// What a transport calls for each read, from its loop and outside of any task.
///
/// `assumeIsolated` does the same, and makes two objects each time for the closure that it is given. These
/// have nothing to capture, so they are cast once.
extension ServerConnection {
  package nonisolated func takeOnLoop(_ bytes: RawSpan) -> Int {
    preconditionIsolated()
    return Self.take(self, bytes)
  }

  package nonisolated func finishReadOnLoop() -> Bool {
    preconditionIsolated()
    return Self.finishRead(self)
  }

  private static let take = unsafe unsafeBitCast(
    { connection, bytes in connection.receive(bytes) }
      as @Sendable (isolated ServerConnection, RawSpan) -> Int,
    to: (@Sendable (ServerConnection, RawSpan) -> Int).self)

  private static let finishRead = unsafe unsafeBitCast(
    { connection in
      connection.flush()
      return connection.mayRead
    } as @Sendable (isolated ServerConnection) -> Bool,
    to: (@Sendable (ServerConnection) -> Bool).self)
}

extension ClientConnection {
  package nonisolated func takeOnLoop(_ bytes: RawSpan) -> Int {
    preconditionIsolated()
    return Self.take(self, bytes)
  }

  package nonisolated func finishReadOnLoop() -> Bool {
    preconditionIsolated()
    return Self.finishRead(self)
  }

  private static let take = unsafe unsafeBitCast(
    { connection, bytes in connection.receive(bytes) }
      as @Sendable (isolated ClientConnection, RawSpan) -> Int,
    to: (@Sendable (ClientConnection, RawSpan) -> Int).self)

  private static let finishRead = unsafe unsafeBitCast(
    { connection in
      connection.flush()
      return connection.mayRead
    } as @Sendable (isolated ClientConnection) -> Bool,
    to: (@Sendable (ClientConnection) -> Bool).self)
}
