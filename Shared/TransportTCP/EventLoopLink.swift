package import Base
package import NIOCore
package import RPC

/// A NIO event loop as the loop of connections.
package final class EventLoopLink: ConnectionLoop {
  package let eventLoop: any EventLoop
  package let compression = FrameCompression()
  let readBuffer: LoopReadBuffer

  private let ownExecutor: EventLoopExecutor

  package init(_ eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
    ownExecutor = EventLoopExecutor(eventLoop)
    readBuffer = LoopReadBuffer(eventLoop)
  }

  package var executor: any SerialExecutor { ownExecutor }

  package var now: MonotonicInstant {
    MonotonicInstant(nanoseconds: NIODeadline.now().uptimeNanoseconds)
  }

  package func execute(_ work: @escaping @Sendable () -> Void) {
    eventLoop.execute(work)
  }

  package func schedule(
    at instant: MonotonicInstant, _ work: @escaping @Sendable () -> Void
  ) {
    let deadline = NIODeadline.uptimeNanoseconds(instant.nanoseconds)
    eventLoop.assumeIsolated().scheduleTask(deadline: deadline, work)
  }
}
