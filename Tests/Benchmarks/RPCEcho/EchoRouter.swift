internal import Contracts
internal import RPC

/// What answers the echo's calls.
enum EchoRouter {
  static func make(_ mode: EchoMode) -> Router {
    var router = Router()
    addCall(mode, Echo.call, to: &router)
    router.serverStream(Echo.repeat) { request, _, writer async throws(RPCError) in
      while true { try await writer.write(request) }
    }
    router.clientStream(Echo.join) { requests, _ async throws(RPCError) in
      var joined: [UInt8] = []
      for try await request in requests { joined += request.content }
      return EchoMessage(content: joined)
    }
    router.twoWayStream(Echo.chat) { requests, _, writer async throws(RPCError) in
      for try await request in requests { try await writer.write(request) }
    }
    return router
  }

  static func addCall(
    _ mode: EchoMode, _ method: Method<EchoMessage, EchoMessage>, to router: inout Router
  ) {
    let wastes = mode.wastes
    if mode.isAsync {
      router.unaryOnLoop(method) { _, request, _ in
        if wastes { Waste.make() }
        return request
      }
      return
    }
    router.synchronous(method.descriptor) { connection, call in
      if wastes { Waste.make() }
      do throws(RPCError) {
        try connection.withInflated(
          call.body, flags: call.flags, byteCount: call.bodyByteCount
        ) { (body) throws(RPCError) in
          connection.respond(to: call.stream, with: try decoded(body))
        }
      } catch {
        connection.fail(call.stream, error)
      }
    }
  }

  private static func decoded(_ body: RawSpan) throws(RPCError) -> EchoMessage {
    do throws(DecodeError) {
      return try EchoMessage(decoding: body, limits: .forBody(byteCount: body.byteCount))
    } catch {
      throw RPCError(error)
    }
  }
}
