internal import Base
internal import Wire

/// Calls of async handlers. Those of one read begin at its end, one after the other, in one task: making a
/// task costs more than most handlers do. A handler that waits keeps that task, and the calls behind it
/// get another.
extension ServerConnection {
  struct HandlerCall {
    let stream: UInt32
    /// `nil` if the connection keeps the call already.
    let call: InlineCall?
    /// Bytes of the request that are kept until the handler returns.
    let heldByteCount: Int
    let operation: @Sendable (isolated ServerConnection) async throws(RPCError) -> Void
  }

  /// Has a call's handler begin with the others of this read. The connection is the parent of its task:
  /// it keeps it until it ends, cancels it when nobody waits, and drains only when all have ended.
  ///
  /// - Parameters:
  ///   - heldByteCount: bytes of the request that are kept until the handler returns.
  ///   - operation: answers the call on the connection that it is given, or throws.
  func run(
    _ stream: UInt32, heldByteCount: Int,
    _ operation:
      @escaping @Sendable (_ connection: isolated ServerConnection) async throws(RPCError) -> Void
  ) {
    taskCount += 1
    changeHeld(by: heldByteCount)
    handlerCalls.append(
      HandlerCall(
        stream: stream, call: inline, heldByteCount: heldByteCount, operation: operation))
    inline = nil
  }

  /// Runs each handler from its beginning to where it first waits, or to its end.
  func beginHandlers() {
    while nextHandlerCall < handlerCalls.count {
      let task = Task.immediate { await self.runHandlers() }
      precondition(beginning != 0 || nextHandlerCall == handlerCalls.count, "a loop knows itself")
      guard beginning != 0 else { break }
      // The handler waits. Nothing is kept of calls whose handlers did not have to.
      if let inline {
        self.inline = nil
        keep(inline, work: .running(task))
      } else if streams[beginning] != nil {
        streams[beginning]?.work = .running(task)
      }
      beginning = 0
    }
    nextHandlerCall = 0
    handlerCalls.removeAll(keepingCapacity: handlerCalls.count <= Self.handlerCallsKept)
  }

  private func runHandlers() async {
    while nextHandlerCall < handlerCalls.count {
      let next = handlerCalls[nextHandlerCall]
      nextHandlerCall += 1
      beginning = next.stream
      inline = next.call
      do throws(RPCError) {
        if try mayBegin(next) { try await next.operation(self) }
      } catch {
        fail(next.stream, error)
      }
      sink.flushIfMany()
      let hasWaited = beginning == 0
      beginning = 0
      taskCount -= 1
      changeHeld(by: -next.heldByteCount)
      // The calls behind one that waited have begun without it.
      guard hasWaited else { continue }
      flushSoon()
      return removeIfDone()
    }
  }

  /// A call may have ended before its turn; one whose time is over is refused.
  private func mayBegin(_ next: HandlerCall) throws(RPCError) -> Bool {
    guard let call = next.call else { return isOpen(next.stream) }
    guard streams[call.stream] == nil else {
      inline = nil
      breakConnection(.unexpectedFrame(.call, state: "stream \(call.stream) is in use"))
      return false
    }
    try checkTime(startedAt: call.startedAt, deadline: call.deadline)
    return !isClosed
  }

  /// Forgets the calls that have not begun.
  func dropHandlers() {
    for dropped in handlerCalls[nextHandlerCall...] {
      taskCount -= 1
      changeHeld(by: -dropped.heldByteCount)
      if let call = dropped.call { report(call, .cancelled) }
    }
    nextHandlerCall = handlerCalls.count
  }

  /// Room that a connection keeps for the calls of one read.
  private static let handlerCallsKept = 64
}
