internal import Wire

/// Collects the reply of a unary call and hands it to the one who waits.
final class UnaryReceiver<Response: WireMessage>: ReplyReceiver {
  var stream: UInt32 = 0
  private var continuation: CheckedContinuation<Result<Response, RPCError>, Never>?
  private var assembly = MessageAssembly<Response>()

  init(_ continuation: CheckedContinuation<Result<Response, RPCError>, Never>) {
    self.continuation = continuation
  }

  func receive(_ reply: borrowing ReplyView, on connection: isolated ClientConnection) {
    do throws(RPCError) {
      let message = try assembly.add(reply, contexts: connection.loop.compression)
      guard reply.kind == .end else {
        guard message == nil else {
          throw RPCError(.internalError, "the server sent a message before the end of a unary call")
        }
        // Nobody reads a message that is not whole: its credit comes back as it is taken in.
        return connection.giveCreditBack(reply.creditCost, on: stream)
      }
      guard let message else {
        throw RPCError(.internalError, "the server ended the call without an answer")
      }
      finish(.success(message))
    } catch {
      connection.cancel(stream)
      finish(.failure(error))
    }
  }

  func failed(_ error: RPCError, on connection: isolated ClientConnection) {
    finish(.failure(error))
  }

  private func finish(_ result: Result<Response, RPCError>) {
    continuation?.resume(returning: result)
    continuation = nil
  }
}
