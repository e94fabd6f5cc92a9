package import RPC

/// The call that a load client makes again and again, and how its answer is known to be right.
///
/// Made where the types are known, so that what runs per call is specialised as an application's own
/// code is.
package struct LoadCall: Sendable {
  package typealias Start =
    @Sendable (isolated ClientConnection, any ReplyReceiver) throws(RPCError) -> Void

  /// Starts the call with callbacks.
  let start: Start
  /// Whether a whole reply brings the right answer.
  let isRightReply: @Sendable (borrowing ReplyView) -> Bool
  /// Makes the call with the async API; whether its answer is right.
  let call: @Sendable (ClientConnection) async throws(RPCError) -> Bool

  @inlinable
  package init<Request: WireMessage, Response: WireMessage>(
    _ method: Method<Request, Response>, _ request: Request, options: CallOptions,
    isRight: @escaping @Sendable (Response) -> Bool
  ) {
    self.init(
      start: { connection, receiver throws(RPCError) in
        _ = try connection.start(
          method.descriptor, request, options: options, receiver: receiver)
      },
      isRightReply: { reply in
        do throws(DecodeError) {
          return isRight(
            try Response(decoding: reply.body, limits: .forBody(byteCount: reply.bodyByteCount)))
        } catch {
          return false
        }
      },
      call: { connection async throws(RPCError) in
        isRight(try await connection.call(method, request, options: options))
      })
  }

  @usableFromInline
  init(
    start: @escaping Start,
    isRightReply: @escaping @Sendable (borrowing ReplyView) -> Bool,
    call: @escaping @Sendable (ClientConnection) async throws(RPCError) -> Bool
  ) {
    self.start = start
    self.isRightReply = isRightReply
    self.call = call
  }
}
