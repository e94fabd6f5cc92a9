/// Something that calls can be made on: a connection, a pool of them, a server in the same process.
package protocol Channel: Sendable {
  nonisolated(nonsending) func call<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request, options: CallOptions
  ) async throws(RPCError) -> Response

  /// Returns when the request is sent; the stream then brings the messages, or the error.
  func stream<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request, options: CallOptions
  ) async throws(RPCError) -> ResponseStream<Response>
}

extension Channel {
  package nonisolated(nonsending) func call<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request
  ) async throws(RPCError) -> Response {
    try await call(method, request, options: CallOptions())
  }
}

extension ClientConnection: Channel {}
