/// Sends the messages of a request that is a stream.
package struct RequestWriter<Request: WireMessage>: Sendable {
  let call: OpenCall

  /// Waits while the server takes less than was written.
  ///
  /// - Throws: `cancelled` when the call has ended; its answer says how.
  package func write(_ request: Request) async throws(RPCError) {
    try await call.connection.send(request, on: call.stream)
  }

  /// Nothing more is to be sent. Further calls do nothing.
  package func finish() async {
    await call.connection.finishRequest(call.stream)
  }
}
