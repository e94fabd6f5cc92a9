package import Base
package import Wire

/// The one thread of execution that a connection lives on: an event loop, or a serial queue.
///
/// Connections are actors on it, so that the reads of a loop and the connection's state need neither a
/// lock nor a hop.
package protocol ConnectionLoop: AnyObject, Sendable {
  /// Runs the jobs of the connections.
  var executor: any SerialExecutor { get }
  var now: MonotonicInstant { get }
  /// Runs `work` on the loop, soon.
  func execute(_ work: @escaping @Sendable () -> Void)
  /// For tasks that belong to the loop: without it, what resumes them takes them elsewhere first.
  var taskExecutor: (any TaskExecutor)? { get }
  /// Calls `resume`, which makes one task of the loop runnable, and runs that task at once, to where it
  /// next waits. On the loop only.
  func runNow(_ resume: () -> Void)
  /// Runs `work` on the loop, not before `instant`.
  func schedule(at instant: MonotonicInstant, _ work: @escaping @Sendable () -> Void)
  /// Contexts for zstd, shared by the connections of the loop.
  var compression: FrameCompression { get }
}

extension ConnectionLoop {
  package var taskExecutor: (any TaskExecutor)? { nil }

  /// Without an executor for tasks there is nothing to run yet: the task comes by the global pool.
  package func runNow(_ resume: () -> Void) { resume() }
}

/// Where a connection puts its frames. Called on the connection's loop only.
package protocol FrameSink: AnyObject {
  /// Appends bytes that are encoded already: the preface, or whole frames.
  func write(_ bytes: [UInt8])
  /// Appends a frame. `fillPayload` writes exactly the header's payload bytes: head, then body.
  func write(_ header: FrameHeader, _ fillPayload: (inout OutputRawSpan) -> Void)
  /// Bytes that are written and not yet taken by the peer.
  var bufferedByteCount: Int { get }
  /// Hands what was written to the peer.
  func flush()
  /// Flushes, then closes.
  func close()
}
