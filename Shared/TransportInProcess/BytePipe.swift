internal import RPC
internal import Synchronization
internal import Wire

/// One direction of a connection: bytes that one side writes and the other reads, on one loop.
///
/// Bytes arrive as TCP's do: in order, but cut anywhere, here at random from a seed. Touched on its
/// loop only; that is what makes it `Sendable`.
final class BytePipe: FrameSink, @unchecked Sendable {
  /// What the reading side does with the pipe. Everything is called on the loop.
  struct Reader {
    /// Takes bytes and returns how many were used; the rest comes again.
    var receive: (RawSpan) -> Int
    /// A delivery is over.
    var delivered: () -> Void
    /// Whether more is to be delivered now.
    var mayRead: () -> Bool
    /// The writing side has closed.
    var ended: () -> Void
  }

  private let loop: any ConnectionLoop
  private var cuts: ByteCuts
  private var written: [UInt8] = []
  private var flushed: [UInt8] = []
  private var unused: [UInt8] = []
  private var isDelivering = false
  private var hasEnded = false
  private(set) var isClosed = false
  private(set) var deliveredByteCount = 0
  /// How often what was written has gone out.
  private(set) var flushCount = 0
  var isPaused = false
  var reader: Reader?
  /// Tells the writing side that the reader has taken bytes.
  var taken: () -> Void = {}

  init(loop: any ConnectionLoop, cuts: ByteCuts) {
    self.loop = loop
    self.cuts = cuts
  }

  // MARK: The writing side

  func write(_ bytes: [UInt8]) {
    guard !isClosed else { return }
    written += bytes
  }

  func write(_ header: FrameHeader, _ fillPayload: (inout OutputRawSpan) -> Void) {
    guard !isClosed else { return }
    let byteCount = WireLimits.headerByteCount + header.payloadByteCount
    written += [UInt8](byteCount: byteCount) { output in
      header.encode(into: &output)
      fillPayload(&output)
      precondition(output.byteCount == byteCount, "a frame is as long as its header says")
    }
  }

  var bufferedByteCount: Int { written.count + flushed.count }

  func flush() {
    guard !written.isEmpty else { return }
    flushCount += 1
    flushed += written
    written = []
    deliver()
  }

  func close() {
    guard !isClosed else { return }
    flush()
    isClosed = true
    deliver()
  }

  // MARK: The reading side

  /// Brings what is there to the reader, soon: never from within the writer's own call.
  func deliver() {
    guard !isDelivering else { return }
    isDelivering = true
    loop.execute { self.deliverNow() }
  }

  private func deliverNow() {
    isDelivering = false
    guard let reader, !isPaused, !hasEnded else { return }
    if !flushed.isEmpty {
      guard reader.mayRead() else { return }
      let count = cuts.next(atMost: flushed.count)
      unused += flushed.prefix(count)
      flushed.removeFirst(count)
      deliveredByteCount += count
      let used = unused.withRawSpan { reader.receive($0) }
      unused.removeFirst(used)
      reader.delivered()
      taken()
    }
    if !flushed.isEmpty {
      deliver()
    } else if isClosed, !hasEnded {
      hasEnded = true
      // The reader's connection holds this pipe: let go of it.
      self.reader = nil
      reader.ended()
    }
  }
}
