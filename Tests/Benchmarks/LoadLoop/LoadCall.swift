package import RPC

/// The call that a load client makes again and again, and how its answer is known to be right.
package struct LoadCall<Request: WireMessage, Response: WireMessage>: Sendable {
  let method: Method<Request, Response>
  let request: Request
  let options: CallOptions
  let isRight: @Sendable (Response) -> Bool

  package init(
    _ method: Method<Request, Response>, _ request: Request, options: CallOptions,
    isRight: @escaping @Sendable (Response) -> Bool
  ) {
    self.method = method
    self.request = request
    self.options = options
    self.isRight = isRight
  }
}
