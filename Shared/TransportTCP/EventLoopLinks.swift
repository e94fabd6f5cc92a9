package import NIOCore
internal import NIOPosix

/// The event loops of a process, or of a part of it. Made once, so that looking one up needs no lock.
package struct EventLoopLinks: Sendable {
  let group: MultiThreadedEventLoopGroup
  private let links: [ObjectIdentifier: EventLoopLink]

  private init(_ group: MultiThreadedEventLoopGroup) {
    self.init(group) { EventLoopLink($0) }
  }

  private init(
    _ group: MultiThreadedEventLoopGroup, link: (any EventLoop) -> EventLoopLink
  ) {
    self.group = group
    var links: [ObjectIdentifier: EventLoopLink] = [:]
    for eventLoop in group.makeIterator() { links[ObjectIdentifier(eventLoop)] = link(eventLoop) }
    self.links = links
  }

  /// The process's own event loops, one for each core.
  package static let shared = EventLoopLinks(MultiThreadedEventLoopGroup.singleton)

  /// Event loops of their own, for the life of the process.
  package init(threads: Int) {
    self.init(MultiThreadedEventLoopGroup(numberOfThreads: threads))
  }

  /// Event loops of their own that poll for at most 50 us before they sleep, where connections ask for it
  /// (`polls`), for the life of the process.
  package init(pollingThreads threads: Int) {
    self.init(pollingThreads: threads, probe: KernelProbe())
  }

  init(pollingThreads threads: Int, probe: any SocketProbe) {
    let turns = PollingTurns()
    let group = MultiThreadedEventLoopGroup(numberOfThreads: threads, metricsDelegate: turns)
    self.init(group) { EventLoopLink($0, poller: LoopPoller($0, probe: probe)) }
    turns.begin(links.compactMapValues(\.poller))
  }

  /// The event loops of a process whose inner connections poll, one for each core.
  package static let polling = EventLoopLinks(pollingThreads: System.coreCount)

  /// One of the links.
  package func next() -> EventLoopLink {
    self[group.next()]
  }

  package subscript(eventLoop: any EventLoop) -> EventLoopLink {
    links[ObjectIdentifier(eventLoop)] ?? EventLoopLink(eventLoop)
  }

  package var all: [EventLoopLink] { Array(links.values) }
}
