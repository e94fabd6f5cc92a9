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
