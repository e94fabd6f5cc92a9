package import Base
package import NIOCore
package import RPC

/// A NIO event loop as the loop of connections.
package final class EventLoopLink: ConnectionLoop {
  package let eventLoop: any EventLoop
  package let compression = FrameCompression()
  let readBuffer: LoopReadBuffer
  let writeBuffers: LoopWriteBuffers
  /// `nil` on a loop that sleeps as soon as it has nothing to do.
  let poller: LoopPoller?

  private let ownExecutor: EventLoopExecutor

  package convenience init(_ eventLoop: any EventLoop) {
    self.init(eventLoop, poller: nil)
  }

  init(_ eventLoop: any EventLoop, poller: LoopPoller?) {
    self.eventLoop = eventLoop
    ownExecutor = EventLoopExecutor(eventLoop, poller: poller)
    readBuffer = LoopReadBuffer(eventLoop)
    writeBuffers = LoopWriteBuffers(eventLoop)
    self.poller = poller
  }

  package var executor: any SerialExecutor { ownExecutor }

  package var now: MonotonicInstant {
    MonotonicInstant(nanoseconds: NIODeadline.now().uptimeNanoseconds)
  }

  package func execute(_ work: @escaping @Sendable () -> Void) {
    guard let poller else { return eventLoop.execute(work) }
    poller.jobWaits()
    eventLoop.execute {
      poller.jobsBegin()
      work()
    }
  }

  package func schedule(
    at instant: MonotonicInstant, _ work: @escaping @Sendable () -> Void
  ) {
    let deadline = NIODeadline.uptimeNanoseconds(instant.nanoseconds)
    eventLoop.assumeIsolated().scheduleTask(deadline: deadline, work)
  }
}
