package import Wire

/// A service's methods and what answers them.
package struct Router: Sendable {
  /// Answers at once, on the event loop, without a task: for what takes microseconds. Must end the
  /// call, now or later, with one of the connection's replies.
  package typealias SynchronousHandler =
    @Sendable (_ connection: isolated ServerConnection, _ call: borrowing CallView) -> Void

  /// Takes a call as bytes, such as to forward it. Returns what takes the frames that follow, or `nil`
  /// if the call has ended.
  package typealias RawHandler =
    @Sendable (_ connection: isolated ServerConnection, _ call: borrowing CallView)
    -> (any InboundStream)?

  /// Decodes a whole body and starts the call's task.
  typealias TypedHandler =
    @Sendable (
      _ connection: isolated ServerConnection, _ stream: UInt32, _ context: CallContext,
      _ body: RawSpan
    ) throws(DecodeError) -> Void

  /// Starts the task of a call whose request is a stream.
  typealias StreamingHandler =
    @Sendable (
      _ connection: isolated ServerConnection, _ stream: UInt32, _ context: CallContext,
      _ inbox: MessageInbox
    ) -> Void

  /// Runs on the connection's loop, which its first parameter ties it to.
  package typealias LoopHandler<Request, Response> =
    @Sendable (isolated ServerConnection, Request, CallContext) async throws(RPCError) -> Response

  enum Handler: Sendable {
    case synchronous(SynchronousHandler)
    case raw(RawHandler)
    case typed(TypedHandler)
    case streaming(StreamingHandler)
  }

  final class Route: Sendable {
    let descriptor: MethodDescriptor
    let handler: Handler

    init(descriptor: MethodDescriptor, handler: Handler) {
      self.descriptor = descriptor
      self.handler = handler
    }
  }

  private(set) var routes: [Route] = []

  package init() {}

  package var descriptors: [MethodDescriptor] { routes.map(\.descriptor) }

  package mutating func synchronous(
    _ descriptor: MethodDescriptor, _ handler: @escaping SynchronousHandler
  ) {
    add(Route(descriptor: descriptor, handler: .synchronous(handler)))
  }

  package mutating func raw(_ descriptor: MethodDescriptor, _ handler: @escaping RawHandler) {
    add(Route(descriptor: descriptor, handler: .raw(handler)))
  }

  package mutating func unary<Request, Response>(
    _ method: Method<Request, Response>,
    _ handler: @escaping @Sendable (Request, CallContext) async throws(RPCError) -> Response
  ) {
    // Awaiting a handler that is bound to no loop is what leaves it.
    unaryOnLoop(method) { (_, request, context) async throws(RPCError) in
      try await handler(request, context)
    }
  }

  /// As ``unary(_:_:)``, but the handler starts on the event loop, and stays there until it awaits what
  /// is elsewhere: no hop to another thread, and no other call of the loop's connections while it
  /// computes. For what takes microseconds, or hands its work on.
  package mutating func unaryOnLoop<Request, Response>(
    _ method: Method<Request, Response>,
    _ handler: @escaping LoopHandler<Request, Response>
  ) {
    let typed: TypedHandler = { connection, stream, context, body throws(DecodeError) in
      let request = try Request(decoding: body, limits: .forBody(byteCount: body.byteCount))
      connection.run(stream, heldByteCount: body.byteCount) {
        (connection) async throws(RPCError) in
        let response = try await handler(connection, request, context)
        connection.respond(to: stream, with: response)
      }
    }
    add(Route(descriptor: method.descriptor, handler: .typed(typed)))
  }

  /// For what answers many calls together: the handler hands the request on, on the event loop, and
  /// ``ServerConnection/answer(_:with:)`` ends the call later. There is no task.
  package mutating func unaryDeferred<Request, Response>(
    _ method: Method<Request, Response>,
    _ handler:
      @escaping @Sendable (Request, CallContext, DeferredCall) throws(RPCError) ->
      any DeferredWork
  ) {
    let typed: TypedHandler = { connection, stream, context, body throws(DecodeError) in
      let request = try Request(decoding: body, limits: .forBody(byteCount: body.byteCount))
      connection.deferCall(stream, heldByteCount: body.byteCount) {
        (_, call) throws(RPCError) in try handler(request, context, call)
      }
    }
    add(Route(descriptor: method.descriptor, handler: .typed(typed)))
  }

  package mutating func serverStream<Request, Response>(
    _ method: Method<Request, Response>,
    _ handler:
      @escaping @Sendable (Request, CallContext, StreamWriter<Response>) async throws(RPCError) ->
      Void
  ) {
    let typed: TypedHandler = { connection, stream, context, body throws(DecodeError) in
      let request = try Request(decoding: body, limits: .forBody(byteCount: body.byteCount))
      let writer = StreamWriter<Response>(connection: connection, stream: stream)
      connection.run(stream, heldByteCount: body.byteCount) {
        (connection) async throws(RPCError) in
        try await handler(request, context, writer)
        connection.end(stream)
      }
    }
    add(Route(descriptor: method.descriptor, handler: .typed(typed)))
  }

  /// Answers a stream of requests once; may do so before it has read all of them.
  package mutating func clientStream<Request, Response>(
    _ method: Method<Request, Response>,
    _ handler:
      @escaping @Sendable (RequestStream<Request>, CallContext) async throws(RPCError) -> Response
  ) {
    let streaming: StreamingHandler = { connection, stream, context, inbox in
      let requests = RequestStream<Request>(connection: connection, stream: stream, inbox: inbox)
      connection.run(stream, heldByteCount: 0) { (connection) async throws(RPCError) in
        let response = try await handler(requests, context)
        connection.respond(to: stream, with: response)
      }
    }
    add(Route(descriptor: method.descriptor, handler: .streaming(streaming)))
  }

  /// Reads requests and writes responses in whatever order the handler likes.
  package mutating func twoWayStream<Request, Response>(
    _ method: Method<Request, Response>,
    _ handler:
      @escaping @Sendable (RequestStream<Request>, CallContext, StreamWriter<Response>)
      async throws(RPCError) -> Void
  ) {
    let streaming: StreamingHandler = { connection, stream, context, inbox in
      let requests = RequestStream<Request>(connection: connection, stream: stream, inbox: inbox)
      let writer = StreamWriter<Response>(connection: connection, stream: stream)
      connection.run(stream, heldByteCount: 0) { (connection) async throws(RPCError) in
        try await handler(requests, context, writer)
        connection.end(stream)
      }
    }
    add(Route(descriptor: method.descriptor, handler: .streaming(streaming)))
  }

  private mutating func add(_ route: Route) {
    precondition(
      !routes.contains { $0.descriptor.name == route.descriptor.name },
      "a method has one handler")
    routes.append(route)
  }
}

/// Takes the frames of a raw call after its first. Lives on the connection's loop.
package protocol InboundStream: AnyObject {
  /// A further message frame, its body as sent. Its credit is to be given back once it has been read or
  /// passed on: ``ServerConnection/giveCreditBack(_:on:)``.
  func message(
    _ flags: FrameFlags, bodyByteCount: Int, creditCost: Int, body: RawSpan,
    on connection: isolated ServerConnection)
  /// The caller waits no more: it cancelled, its time is over, or its connection is gone.
  func cancelled(on connection: isolated ServerConnection)
  /// The caller takes more of the answer, for which ``ServerConnection/awaitWritable(_:)`` asked.
  func writable(on connection: isolated ServerConnection)
}
