/// Sends the messages of a server stream.
package struct StreamWriter<Response: WireMessage>: Sendable {
  let connection: ServerConnection
  let stream: UInt32

  /// Waits while the peer takes less than was written.
  ///
  /// - Throws: `cancelled` when nobody waits for the stream any more.
  package func write(_ response: Response) async throws(RPCError) {
    try await connection.send(response, on: stream)
  }
}
