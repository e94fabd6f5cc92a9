/// A call that streams both ways.
package struct TwoWayStreamCall<Request: WireMessage, Response: WireMessage>: Sendable {
  package let requests: RequestWriter<Request>
  package let responses: ResponseStream<Response>

  init(_ call: OpenCall) {
    requests = RequestWriter(call: call)
    responses = ResponseStream(call: call)
  }
}
