internal import Synchronization

/// Unary calls of tasks, which are anywhere: what they ask for is left for the loop, and those that come
/// together leave with one write. A task that came to the loop for it would change its executor twice.
extension ClientConnection {
  typealias Submission = @Sendable (isolated ClientConnection) -> Void

  /// Runs `work` on the loop, behind what was submitted before.
  nonisolated func submit(_ work: @escaping Submission) {
    let isFirst = submissions.withLock { submissions in
      submissions.append(work)
      return submissions.count == 1
    }
    guard isFirst else { return }
    loop.execute { self.assumeIsolated { $0.takeSubmissions() } }
  }

  private func takeSubmissions() {
    let taken = submissions.withLock { submissions in
      defer { submissions.removeAll(keepingCapacity: submissions.count <= Self.submissionsKept) }
      return submissions
    }
    for submission in taken { submission(self) }
    sink.flush()
  }

  /// What came before the handshake was done is begun, or fails, now.
  func takeEarly() {
    let taken = early
    early = []
    for submission in taken { submission(self) }
  }

  func start<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request, options: CallOptions,
    for ticket: CallTicket, _ continuation: CheckedContinuation<Result<Response, RPCError>, Never>
  ) {
    do throws(RPCError) {
      guard ticket.stream.load(ordering: .relaxed) != CallTicket.cancelled else {
        throw RPCError(.cancelled, "the caller cancelled the call").notBegun()
      }
      if case .connecting = state {
        return early.append {
          $0.start(method, request, options: options, for: ticket, continuation)
        }
      }
      let receiver = UnaryReceiver<Response>(continuation)
      receiver.stream = try start(
        method.descriptor, request, options: options, receiver: receiver)
      ticket.stream.store(UInt64(receiver.stream), ordering: .relaxed)
    } catch {
      continuation.resume(returning: .failure(error))
    }
  }

  func cancel(_ ticket: CallTicket) {
    let stream = ticket.stream.load(ordering: .relaxed)
    if stream == 0 {
      ticket.stream.store(CallTicket.cancelled, ordering: .relaxed)
      // Nobody need wait for the handshake to hear of it.
      takeEarly()
    } else {
      abandon(UInt32(truncatingIfNeeded: stream))
    }
  }

  /// Room that a connection keeps for what is submitted at once.
  private static let submissionsKept = 256
}

/// By what a task names a call that the loop begins for it. Touched on the loop only.
final class CallTicket: Sendable {
  /// 0 until the call has begun.
  let stream = Atomic<UInt64>(0)

  /// No call's stream: these have 32 bits.
  static let cancelled = UInt64.max
}
