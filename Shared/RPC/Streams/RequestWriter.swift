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

/// A call that streams its request and gets one answer.
package struct ClientStreamCall<Request: WireMessage, Response: WireMessage>: Sendable {
  package let requests: RequestWriter<Request>
  private let answer: ResponseStream<Response>

  init(_ call: OpenCall) {
    requests = RequestWriter(call: call)
    answer = ResponseStream(call: call)
  }

  /// Waits for the answer, which may come before the request is finished. To be called once.
  package func response() async throws(RPCError) -> Response {
    var iterator = answer.makeAsyncIterator()
    guard let response = try await iterator.next() else {
      throw RPCError(.internalError, "the server ended the call without an answer")
    }
    return response
  }
}

/// A call that streams both ways.
package struct TwoWayStreamCall<Request: WireMessage, Response: WireMessage>: Sendable {
  package let requests: RequestWriter<Request>
  package let responses: ResponseStream<Response>

  init(_ call: OpenCall) {
    requests = RequestWriter(call: call)
    responses = ResponseStream(call: call)
  }
}
