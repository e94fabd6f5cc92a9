package import Base
package import Wire

/// The one thread of execution that a connection lives on: an event loop, or a serial queue.
///
/// Connections are actors on it, so that the reads of a loop and the connection's state need neither a
/// lock nor a hop.
package protocol ConnectionLoop: AnyObject, Sendable {
  /// Runs the jobs of the connections. Says of any thread whether it is the loop's
  /// (`isIsolatingCurrentContext`), so that a task that begins there begins at once.
  var executor: any SerialExecutor { get }
  var now: MonotonicInstant { get }
  /// Runs `work` on the loop, soon.
  func execute(_ work: @escaping @Sendable () -> Void)
  /// Runs `work` on the loop, not before `instant`.
  func schedule(at instant: MonotonicInstant, _ work: @escaping @Sendable () -> Void)
  /// Contexts for zstd, shared by the connections of the loop.
  var compression: FrameCompression { get }
}

/// What a loop does with the bytes of one read, before it turns to something else.
enum ReadTurn {
  /// Longer than it takes. Times that are shorter need a look at the clock, others only the one of its
  /// beginning.
  static let nanosecondsMax: UInt64 = 10_000_000
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
