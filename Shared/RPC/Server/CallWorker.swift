/// A task that runs handlers, one after the other: making a task costs several times what most handlers
/// do. Lives on its connection's loop.
///
/// Between two calls it waits, unless one of its calls was cancelled, which can't be taken back, or
/// enough others wait already.
final class CallWorker {
  struct Work {
    let stream: UInt32
    /// Bytes of the request that are kept while it runs.
    let heldByteCount: Int
    let operation: @Sendable (isolated ServerConnection) async throws(RPCError) -> Void
  }

  /// What it runs; `nil` while it waits.
  var work: Work?
  var task: Task<Void, Never>?
  var waiting: CheckedContinuation<Void, Never>?

  func wake() {
    let waiting = waiting
    self.waiting = nil
    waiting?.resume()
  }
}

extension ServerConnection {
  /// Runs the task of a call, from here to its first suspension at once. The connection is its parent: it
  /// keeps it until it ends, cancels it when nobody waits, and drains only when all have ended.
  ///
  /// - Parameters:
  ///   - heldByteCount: bytes of the request that the task keeps while it runs.
  ///   - operation: answers the call on the connection that it is given, or throws.
  func run(
    _ stream: UInt32, heldByteCount: Int,
    _ operation:
      @escaping @Sendable (_ connection: isolated ServerConnection) async throws(RPCError) -> Void
  ) {
    taskCount += 1
    changeHeld(by: heldByteCount)
    let worker = idleWorkers.popLast() ?? CallWorker()
    worker.work = CallWorker.Work(
      stream: stream, heldByteCount: heldByteCount, operation: operation)
    loop.runNow {
      if worker.task == nil {
        let id = ObjectIdentifier(worker)
        newWorkers[id] = worker
        worker.task = Task(executorPreference: loop.taskExecutor) { await self.serve(as: id) }
      } else {
        worker.wake()
      }
    }
    // Nothing is kept of a call whose handler did not have to wait.
    guard worker.work != nil, let task = worker.task else { return }
    if let inline, inline.stream == stream {
      self.inline = nil
      keep(inline, work: .running(task))
    } else if streams[stream] != nil {
      streams[stream]?.work = .running(task)
    }
  }

  private func serve(as id: ObjectIdentifier) async {
    guard let worker = newWorkers.removeValue(forKey: id) else { return }
    while let work = worker.work {
      // Its time may be over, or its caller gone, before it had its turn.
      if isOpen(work.stream) {
        do throws(RPCError) {
          try await work.operation(self)
        } catch {
          fail(work.stream, error)
        }
        if !isReceiving { flushSoon() }
      }
      worker.work = nil
      taskCount -= 1
      changeHeld(by: -work.heldByteCount)
      removeIfDone()
      guard !Task.isCancelled, !isClosed, idleWorkers.count < Self.idleWorkersMax else { return }
      idleWorkers.append(worker)
      await withCheckedContinuation { continuation in
        // On its way here it may have been given work, or the connection may have ended.
        guard worker.work == nil, !isClosed else { return continuation.resume() }
        worker.waiting = continuation
      }
    }
  }

  /// Ends the tasks that wait for calls.
  func dismissWorkers() {
    let workers = idleWorkers
    idleWorkers = []
    for worker in workers { worker.wake() }
  }

  /// Handlers that don't wait need one.
  private static let idleWorkersMax = 2
}
