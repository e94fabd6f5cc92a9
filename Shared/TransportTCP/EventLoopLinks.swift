package import NIOCore
internal import NIOPosix

/// The event loops of a process, or of a part of it. Made once, so that looking one up needs no lock.
package struct EventLoopLinks: Sendable {
  let group: MultiThreadedEventLoopGroup
  private let links: [ObjectIdentifier: EventLoopLink]

  private init(_ group: MultiThreadedEventLoopGroup) {
    self.group = group
    var links: [ObjectIdentifier: EventLoopLink] = [:]
    for eventLoop in group.makeIterator() {
      links[ObjectIdentifier(eventLoop)] = EventLoopLink(eventLoop)
    }
    self.links = links
  }

  /// The process's own event loops, one for each core.
  package static let shared = EventLoopLinks(MultiThreadedEventLoopGroup.singleton)

  /// Event loops of their own, for the life of the process.
  package init(threads: Int) {
    self.init(MultiThreadedEventLoopGroup(numberOfThreads: threads))
  }

  /// One of the links.
  package func next() -> EventLoopLink {
    self[group.next()]
  }

  package subscript(eventLoop: any EventLoop) -> EventLoopLink {
    links[ObjectIdentifier(eventLoop)] ?? EventLoopLink(eventLoop)
  }

  package var all: [EventLoopLink] { Array(links.values) }
}
