/// A call that is answered later, from any thread, by whoever holds this: no task waits for it.
package struct DeferredCall: Sendable {
  package let connection: ServerConnection
  /// Where it is to be answered.
  package let loop: any ConnectionLoop
  let stream: UInt32
  let heldByteCount: Int
}

/// What works on a deferred call.
package protocol DeferredWork: AnyObject, Sendable {
  /// Nobody waits any more: the caller cancelled, its time is over, or its connection is gone. The call is
  /// to be answered all the same. On the connection's loop.
  func cancelled()
}

extension ServerConnection {
  /// Has `begin` hand a call on.
  func deferCall(
    _ stream: UInt32, heldByteCount: Int,
    _ begin: (isolated ServerConnection, DeferredCall) throws(RPCError) -> any DeferredWork
  ) {
    let call = DeferredCall(
      connection: self, loop: loop, stream: stream, heldByteCount: heldByteCount)
    taskCount += 1
    changeHeld(by: heldByteCount)
    do throws(RPCError) {
      let work = try begin(self, call)
      if let inline, inline.stream == stream {
        self.inline = nil
        keep(inline, work: .deferred(work))
      } else if streams[stream] != nil {
        streams[stream]?.work = .deferred(work)
      }
    } catch {
      answer(call, with: error)
    }
  }

  /// Ends a deferred call well, if somebody still waits for it. Once for each, as one of both; flush after
  /// the last of a turn.
  package func answer(_ call: DeferredCall, with response: some WireMessage) {
    letGo(of: call)
    respond(to: call.stream, with: response)
    removeIfDone()
  }

  /// Ends a deferred call with an error.
  package func answer(_ call: DeferredCall, with error: RPCError) {
    letGo(of: call)
    fail(call.stream, error)
    removeIfDone()
  }

  private func letGo(of call: DeferredCall) {
    taskCount -= 1
    changeHeld(by: -call.heldByteCount)
  }
}
