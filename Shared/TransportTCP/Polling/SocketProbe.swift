internal import Foundation

/// Looks at sockets without waiting.
protocol SocketProbe: Sendable {
  /// Whether one of the sockets has something to read, an end of the stream included.
  func isAnyReadable(_ descriptors: [CInt]) -> Bool
  /// Lets whoever else is ready to run on this core do so.
  func yield()
  /// Monotonic nanoseconds.
  var now: UInt64 { get }
}

/// Asks the kernel.
struct KernelProbe: SocketProbe {
  func isAnyReadable(_ descriptors: [CInt]) -> Bool {
    var entries = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    // Reads and writes as many entries as it is told there are, within the call.
    return unsafe poll(&entries, nfds_t(entries.count), 0) != 0
  }

  func yield() { sched_yield() }

  var now: UInt64 { DispatchTime.now().uptimeNanoseconds }
}
